// Screenshots.d makes a PNG picture small: it leaves at most 256 colours, those that most of the picture has, and
// says how large the file became.
//
//	go run ./.ci/screenshots.d PICTURE.png...
//
// Pages are flat: 256 colours hold their text and its smooth edges, and a file shrinks to a third.
package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
)

// maxColours is what an indexed PNG holds. PNG, third edition, 11.2.1.
const maxColours = 256

func main() {
	for _, name := range os.Args[1:] {
		if err := shrink(name); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			os.Exit(2)
		}
	}
}

func shrink(name string) error {
	raw, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	picture, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, indexed(picture)); err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	if small.Len() < len(raw) {
		raw = small.Bytes()
	}
	if err := os.WriteFile(name, raw, 0o644); err != nil { //nolint:gosec // a picture of the README
		return fmt.Errorf("write picture: %w", err)
	}
	fmt.Printf("%s: %d bytes\n", name, len(raw))
	return nil
}

// indexed is the picture in the colours that most of its dots have; the others take the nearest.
func indexed(picture image.Image) *image.Paletted {
	bounds := picture.Bounds()
	seen := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			seen[at(picture, x, y)]++
		}
	}
	colours := make([]color.RGBA, 0, len(seen))
	for c := range seen {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(seen[b], seen[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := make(color.Palette, 0, maxColours)
	for _, c := range colours[:min(len(colours), maxColours)] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for _, c := range colours {
		nearest[c] = uint8(palette.Index(c)) //nolint:gosec // below maxColours
	}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(picture, x, y)])
		}
	}
	return small
}

func at(picture image.Image, x, y int) color.RGBA {
	c, _ := color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
	return c
}
