import { isAbsolute, relative, sep } from 'node:path'
import { codes, type Diagnostic, type Severity } from '@anyfaas/kit'
import { locate } from './diagnostic-json.ts'
import type { Found } from './fold.ts'
import { createFindLines } from './source.ts'

/**
 * Annotations of GitHub Actions, one line a diagnostic.
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
 */
export function drawAnnotations(found: readonly Found[], workspace: string): string {
  const findLines = createFindLines()
  return found
    .map(({ diagnostic, sources }) => {
      const place = diagnostic.at && locate(diagnostic.at, findLines, sources)
      const isOneLine = place?.start?.line === place?.end?.line
      const properties = {
        file: place && pathIn(workspace, place.file),
        line: place?.start?.line,
        endLine: place?.end?.line,
        col: isOneLine ? place?.start?.column : undefined,
        endColumn: isOneLine ? place?.end?.column : undefined,
        title: `${diagnostic.code}: ${codes[diagnostic.code].title}`,
      }
      const text = Object.entries(properties).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
      )
      return `::${LEVELS[diagnostic.severity]} ${text.join(',')}::${escapeData(messageOf(diagnostic))}\n`
    })
    .join('')
}

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', note: 'notice' }

// Annotations name files from the root of the checkout.
function pathIn(workspace: string, file: string): string {
  if (!isAbsolute(file)) return file
  const path = relative(workspace, file)
  return path.startsWith(`..${sep}`) || isAbsolute(path) ? file : path.split(sep).join('/')
}

function messageOf({ message, help = [] }: Diagnostic): string {
  return [message, ...help.map((text) => `help: ${text}`)].join('\n')
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
