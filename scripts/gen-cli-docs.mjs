// From the table of commands: the page that says what each takes.
export async function generateCliDocs(loadTs) {
  const { COMMANDS } = await loadTs('src/cli/commands.ts')
  const { writeCliDocs } = await loadTs('src/cli/docs.ts')
  return { 'docs/cli.md': writeCliDocs(COMMANDS) }
}
