const QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  branch: ['rev-parse', '--abbrev-ref', 'HEAD'],
  sha: ['rev-parse', '--short', 'HEAD'],
  sha1: ['rev-parse', 'HEAD'],
  message: ['log', '-1', '--format=%s'],
  repository: ['rev-parse', '--show-toplevel'],
}

/** What `${git:}` can ask. */
export const GIT_NAMES = Object.keys(QUESTIONS)

/** The answer of git about a folder, or undefined outside a repository, without commits, or without git. */
export function readGit(dir: string, name: string): string | undefined {
  const question = QUESTIONS[name]
  if (!question) return undefined
  try {
    // Asked for late: the module costs more to load than most files take to read.
    const { execFileSync } = process.getBuiltinModule('node:child_process')
    const answer = execFileSync('git', [...question], {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim()
    return name === 'repository' ? (answer.split('/').at(-1) ?? answer) : answer
  } catch {
    // Outside a repository the variable is unset: its default applies, or the error stands at its place.
    return undefined
  }
}
