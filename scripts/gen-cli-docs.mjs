// From the table of commands: the page that says what each takes.
export async function generateCliDocs(loadTs) {
  const { writeCliDocs } = await loadTs('src/cli/docs.ts')
  return { 'docs/cli.md': writeCliDocs() }
}
