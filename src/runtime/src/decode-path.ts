import { HttpError } from './error.ts'

/** Throws an HttpError 400 for a broken escape. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(400, 'the path holds a broken escape')
  }
}
