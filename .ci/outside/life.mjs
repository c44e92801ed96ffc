// The life of one policy change from outside: GitHub is `vidimus github-sim`, the App is `vidimus serve`, and people act
// through git, gpg and Octokit. Every expectation is read back from GitHub or from the evidence branch.
import {execFileSync, spawn} from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {Octokit} from '@octokit/rest';

const [binary, folder, example] = process.argv.slice(2);
const started = [];
const say = text => console.log('  ' + text);
const expect = (holds, text) => { if (!holds) throw new Error('expected that ' + text); say('ok  ' + text); };

const sleep = ms => new Promise(done => setTimeout(done, ms));
async function until(what, ask, patience = 60_000) {
  for (const end = Date.now() + patience; ;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: did not come true`);
    await sleep(50);
  }
}

// start runs a command until it has printed its address.
function start(...args) {
  const child = spawn(binary, args, {stdio: ['ignore', 'pipe', fs.openSync(path.join(folder, args[0] + '.log'), 'a')]});
  started.push(child);
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', data => { text += data; if (text.includes('\n')) resolve({child, url: text.split('\n')[0]}); });
    child.on('exit', code => reject(new Error(`${args[0]} ended with ${code}`)));
  });
}
const stop = child => new Promise(done => { child.removeAllListeners('exit'); child.on('exit', done); child.kill('SIGKILL'); });

const freePort = () => new Promise(done => { const s = net.createServer().listen(0, '127.0.0.1', () => { const {port} = s.address(); s.close(() => done(port)); }); });

async function control(github, method, route, body) {
  const answer = await fetch(github + '/_sim/' + route, {method, body: body && JSON.stringify(body)});
  const read = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${JSON.stringify(read)}`);
  return read;
}

// run executes a program and gives what it prints.
const run = (program, args, options = {}) => execFileSync(program, args, {encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], ...options}).trim();

// person makes an account with a GNUPGHOME and a key of its own.
async function person(github, login, name) {
  const email = login + '@northquay.example';
  const home = fs.mkdtempSync('/tmp/vidimus-gpg-');
  const {id, token} = await control(github, 'POST', 'users', {login, name, email});
  const env = {...process.env, GNUPGHOME: home};
  run('gpg', ['--batch', '--quiet', '--passphrase', '', '--quick-gen-key', `${name} <${email}>`, 'ed25519', 'sign', 'never'], {env});
  const key = run('gpg', ['--armor', '--export'], {env}) + '\n';
  const log = {debug() {}, info() {}, warn() {}, error() {}}; // it warns of the version's sunset at each request
  const octokit = new Octokit({auth: token, baseUrl: github + '/api/v3', log, request: {log}});
  return {id, token, login, name, email, home, key, env, octokit, slug: login};
}

// commit writes files on a new branch and pushes it, signed, as somebody would on a laptop.
function commit(who, clone, branch, message, files) {
  const git = (...args) => run('git', ['-C', clone, '-c', `user.name=${who.name}`, '-c', `user.email=${who.email}`, ...args], {env: {...who.env, GIT_TERMINAL_PROMPT: '0'}});
  const authority = 'Authorization: Basic ' + Buffer.from('x:' + who.token).toString('base64');
  git('-c', 'http.extraHeader=' + authority, 'fetch', '--quiet', 'origin');
  const known = git('branch', '-r').includes('origin/' + branch);
  git('switch', '--quiet', '-C', branch, known ? 'origin/' + branch : 'origin/main');
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(clone, name)), {recursive: true});
    fs.writeFileSync(path.join(clone, name), text);
  }
  git('add', '--all');
  git('commit', '--quiet', '-S', '-m', message);
  git('-c', 'http.extraHeader=' + authority, 'push', '--quiet', 'origin', branch);
  return git('rev-parse', 'HEAD');
}

async function main() {
  const port = await freePort();
  const {url: github} = await start('github-sim', '--addr', '127.0.0.1:0', '--dir', path.join(folder, 'github'));
  const ruben = await person(github, 'ruben', 'Ruben de Vries');
  const aoife = await person(github, 'aoife', 'Aoife Brannigan');
  const tomasz = await person(github, 'tomasz', 'Tomasz Wisniewski');
  await control(github, 'POST', 'organizations', {login: 'northquay', name: 'Northquay', owner: 'ruben', members: ['aoife', 'tomasz']});
  const repo = {owner: 'northquay', repo: 'governance'};
  await ruben.octokit.rest.repos.createInOrg({org: 'northquay', name: 'governance', private: true, auto_init: true});
  const app = await control(github, 'POST', 'apps', {
    slug: 'vidimus', webhook_url: `http://127.0.0.1:${port}/webhook`, repositories: ['northquay/governance'],
    permissions: {metadata: 'read', contents: 'write', checks: 'write', statuses: 'write', pull_requests: 'write', issues: 'write', members: 'read'},
    events: ['pull_request', 'pull_request_review', 'push', 'issue_comment'],
  });
  const evidence = await evidenceKey();
  fs.writeFileSync(path.join(folder, 'app.pem'), app.private_key);
  const serve = () => start('serve', '--addr', `127.0.0.1:${port}`, '--data', path.join(folder, 'data'), '--github-url', github,
    '--app-id', String(app.id), '--app-key', path.join(folder, 'app.pem'), '--webhook-secret', app.webhook_secret, '--evidence-key', evidence);
  let {child, url} = await serve();

  const forged = await fetch(url + '/webhook', {method: 'POST', body: '{}', headers: {'X-GitHub-Event': 'push', 'X-GitHub-Delivery': 'x', 'X-Hub-Signature-256': 'sha256=00'}});
  expect(forged.status === 401, 'a forged webhook is 401');

  const clone = path.join(folder, 'clone');
  run('git', ['-c', 'http.extraHeader=Authorization: Basic ' + Buffer.from('x:' + ruben.token).toString('base64'), 'clone', '--quiet', `${github}/northquay/governance.git`, clone]);

  const check = (ref, wanted) => until(`check on ${ref.slice(0, 12)}`, async () => {
    const {data} = await ruben.octokit.rest.checks.listForRef({...repo, ref, check_name: 'Vidimus'});
    const found = data.check_runs[0];
    return data.check_runs.length === 1 && wanted(found) && found;
  });
  const lines = async (number, role) => until(`lines for ${role}`, async () => {
    const {data} = await ruben.octokit.rest.issues.listComments({...repo, issue_number: number});
    const found = data.filter(c => c.user.login === 'vidimus[bot]').flatMap(c => c.body.match(/^I sign as .*$/gm) ?? []).filter(l => l.startsWith(`I sign as ${role}: `));
    return found.length > 0 && found;
  });
  const approve = async (who, number, ...roles) => {
    const body = (await Promise.all(roles.map(role => lines(number, role)))).flat().join('\n');
    return who.octokit.rest.pulls.createReview({...repo, pull_number: number, event: 'APPROVE', body});
  };
  const open = async (head, title) => (await ruben.octokit.rest.pulls.create({...repo, title, head, base: 'main'})).data;
  const merged = async (number, sha) => {
    await ruben.octokit.rest.pulls.merge({...repo, pull_number: number, sha, merge_method: 'merge'});
    return until('evidence', async () => {
      const entries = ledger();
      return entries.some(e => e.key.startsWith('genesis:') ? number === 1 : e.key.startsWith(`publication:${number}:`)) && entries;
    });
  };
  // ledger reads the entries from the evidence branch, as anybody with read access can.
  const ledger = () => {
    run('git', ['-C', clone, '-c', 'http.extraHeader=Authorization: Basic ' + Buffer.from('x:' + ruben.token).toString('base64'), 'fetch', '--quiet', 'origin']);
    if (!run('git', ['-C', clone, 'branch', '-r']).includes('origin/evidence')) return [];
    const names = run('git', ['-C', clone, 'ls-tree', '-r', '--name-only', 'origin/evidence', 'ledger/']).split('\n').filter(n => n.endsWith('.json'));
    return names.map(n => JSON.parse(run('git', ['-C', clone, 'show', 'origin/evidence:' + n])));
  };

  say('founding');
  let head = commit(ruben, clone, 'founding', 'Who signs what', {
    '.vidimus.yml': configuration([ruben, aoife, tomasz]),
    'keys/ruben.asc': ruben.key, 'keys/aoife.asc': aoife.key, 'keys/tomasz.asc': tomasz.key,
  });
  let pull = await open('founding', 'Found the governance');
  await check(head, c => c.conclusion === 'action_required');
  await approve(aoife, pull.number, 'ciso');
  await approve(tomasz, pull.number, 'head-of-it');
  await check(head, c => c.conclusion === 'success');
  expect((await merged(pull.number, head)).length === 1, 'the founding is entry 1');

  say('documents');
  head = commit(ruben, clone, 'documents', 'The policy', {'policy/cloud-usage-policy.md': today(path.join(example, 'policy/cloud-usage-policy.md'))});
  pull = await open('documents', 'Bring the policy');
  await check(head, c => c.conclusion === 'action_required');
  await approve(aoife, pull.number, 'ciso');
  await check(head, c => c.conclusion === 'action_required' && c.output.title.includes('Tomasz'));

  say('the App is down for two hours; Tomasz signs meanwhile');
  await stop(child);
  await approve(tomasz, pull.number, 'head-of-it', 'ceo');
  await control(github, 'POST', 'clock', {advance: '2h'});
  fs.rmSync(path.join(folder, 'data'), {recursive: true});
  ({child, url} = await serve());
  const green = await check(head, c => c.conclusion === 'success');
  expect(green.output.title.includes('Signed'), 'with database and mirror lost, both signatures count: ' + green.output.title);
  expect((await merged(pull.number, head)).length === 2, 'the policy is entry 2');

  say('somebody merges past the check');
  const policy = fs.readFileSync(path.join(clone, 'policy/cloud-usage-policy.md'), 'utf8');
  head = commit(ruben, clone, 'bypass', 'A word', {'policy/cloud-usage-policy.md': policy.replace('version: "2.10"', 'version: "2.11"').replace('arrive within', 'always arrive within')});
  pull = await open('bypass', 'A word');
  await check(head, c => c.conclusion === 'action_required');
  await merged(pull.number, head);
  const issues = await until('the issue of the deviation', async () => {
    const {data} = await ruben.octokit.rest.issues.listForRepo({...repo, labels: 'deviation', state: 'all'});
    return data.length > 0 && data;
  });
  expect(issues.length === 1, 'one issue tells of it: ' + issues[0].title);

  const {status} = await fetch(url + '/healthz');
  expect(status === 200, 'the App says that it is well');
}

// evidenceKey makes the key that signs the evidence, and gives the file of its secret.
async function evidenceKey() {
  const home = fs.mkdtempSync('/tmp/vidimus-gpg-');
  const env = {...process.env, GNUPGHOME: home};
  run('gpg', ['--batch', '--quiet', '--passphrase', '', '--quick-gen-key', 'Evidence of Northquay', 'ed25519', 'sign', 'never'], {env});
  const file = path.join(folder, 'evidence.asc');
  fs.writeFileSync(file, run('gpg', ['--batch', '--armor', '--export-secret-keys'], {env}) + '\n', {mode: 0o600});
  return file;
}

const configuration = people => `version: 1
organisation: Northquay
branches: [main]
people:
${people.map(p => `  ${p.slug}: {github: ${p.id}, login: ${p.login}, name: ${p.name}, emails: [${p.email}]}`).join('\n')}
roles:
${roles().map(r => `  ${r}: {title: ${r}, holders: [${{ciso: 'aoife', 'head-of-it': 'tomasz', ceo: 'tomasz'}[r] ?? 'ruben'}]}`).join('\n')}
rules:
  - for: {type: cloud-usage-policy}
    require: {all: [ciso, head-of-it, ceo]}
    level: statement
    several-roles: allowed
config: {require: {all: [ciso, head-of-it]}, level: statement}
`;

// roles are those that the example's documents name.
const roles = () => fs.readFileSync(path.join(example, 'people.tsv'), 'utf8').trim().split('\n').slice(1).map(line => line.split('\t')[6]);

// today moves the dates of an example, which is meant for one day, to this one.
function today(file) {
  const days = Math.floor((Date.now() - Date.parse('2026-11-24')) / 86_400_000);
  return fs.readFileSync(file, 'utf8').replace(/\b20\d\d-[01]\d-[0-3]\d\b/g, date => new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10));
}

try {
  await main();
  console.log('the life holds from outside');
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  for (const child of started) child.kill('SIGKILL');
  process.exit();
}
