import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { command, FAILED, run } from '../ops/command.ts';

// Rules: https://cbea.ms/git-commit/#seven-rules

const MAX_LENGTH = 72;

/** Imperatives that end like another form, such as "Process" and "Embed". */
const IMPERATIVES = new Set(
  (
    'access address assess bring bypass compress cross discuss dismiss embed exceed express feed focus guess ' +
    'miss need pass ping press proceed process ring seed speed spread stress string succeed suppress swing'
  ).split(' '),
);

/** Why a commit subject is rejected; empty if it is accepted. */
export function subjectErrors(subject: string): string[] {
  // Git writes these subjects itself.
  if (/^(Merge|Revert|fixup!|squash!) /.test(subject)) return [];
  const [firstWord = ''] = subject.toLowerCase().split(/[^a-z-]/);
  return [
    ...(subject.length > MAX_LENGTH ? [`has ${subject.length} characters: expected at most ${MAX_LENGTH}`] : []),
    ...(/^\p{Lu}/u.test(subject) ? [] : ['does not start with a capital letter']),
    ...(subject.endsWith('.') ? ['ends with a full stop'] : []),
    ...(/(s|ed|ing)$/.test(firstWord) && !IMPERATIVES.has(firstWord) ? [`"${firstWord}" is not imperative`] : []),
  ];
}

/** The commits after the one that added this file, or why they cannot be determined. */
function commitsToLint(): { readonly commits: readonly string[] } | { readonly skipped: string } {
  const root = join(import.meta.dirname, '..');
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const linesOf = (text: string) => (text === '' ? [] : text.split('\n'));
  try {
    if (git('rev-parse', '--is-shallow-repository') === 'true') return { skipped: 'the clone is shallow' };
    const file = relative(root, import.meta.filename);
    const base = linesOf(git('log', '--diff-filter=A', '--format=%H', '--', file)).at(-1);
    if (!base) return { skipped: `${file} is not committed` };
    return { commits: linesOf(git('log', '--format=%h %s', `${base}..HEAD`)) };
  } catch {
    return { skipped: 'there is no git history' };
  }
}

function lintSubjects(): void {
  const found = commitsToLint();
  if ('skipped' in found) {
    console.log(`commit subjects: not checked, because ${found.skipped}`);
    return;
  }
  const offenders = found.commits.flatMap((commit) => {
    const subject = commit.slice(commit.indexOf(' ') + 1);
    return subjectErrors(subject).map((error) => `${commit}: ${error}`);
  });
  for (const offender of offenders) console.error(offender);
  if (offenders.length > 0) process.exitCode = FAILED;
  else console.log(`commit subjects: ${found.commits.length} checked`);
}

if (import.meta.main)
  await run(
    command(
      'npm run lint:commits',
      'Lints the subjects of all commits after the one that added these rules to the project.',
    ).action(lintSubjects),
  );
