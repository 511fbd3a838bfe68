/** Hides the values of secrets in what is shown. */
export class Masks {
  #pattern: RegExp | undefined

  /** Takes the place of what was hidden before. */
  set(values: Iterable<string>): void {
    const forms = new Set([...values].flatMap(formsOf))
    // Where one value begins with another, the longer one has to be found first.
    const sorted = [...forms].filter(Boolean).sort((a, b) => b.length - a.length)
    this.#pattern = sorted.length === 0 ? undefined : new RegExp(sorted.map(escapePattern).join('|'), 'g')
  }

  hide(text: string): string {
    return this.#pattern ? text.replace(this.#pattern, '***') : text
  }
}

// As it is, as it stands inside JSON, and line by line as a log shows it.
function formsOf(value: string): string[] {
  return [value, JSON.stringify(value).slice(1, -1), ...value.split(/\r?\n/)]
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
