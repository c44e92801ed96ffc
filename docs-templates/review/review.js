// The one script of the review page: a button that copies the lines. The page works without it.
const lines = document.getElementById("lines");
const button = document.getElementById("copy");
const copied = document.getElementById("copied");
if (lines && button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    lines.focus();
    lines.select();
    try {
      await navigator.clipboard.writeText(lines.value);
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "Marked: copy it with the keyboard.";
    }
  });
}
