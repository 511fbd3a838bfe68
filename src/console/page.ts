// Runs in pages of a service in development: shows what is broken over the page, and loads it again when something new answers.

interface Problem {
  readonly title: string
  readonly place?: string
  readonly frame?: readonly {
    readonly number: number
    readonly text: string
    readonly mark?: readonly [number, number]
  }[]
  readonly notes: readonly string[]
}

interface State {
  readonly version: number
  readonly problems: readonly Problem[]
}

const STYLE = `
  :host { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; background: rgb(8 9 13 / .82); backdrop-filter: blur(3px) }
  main { max-width: 62rem; margin: 8vh auto; padding: 0 1.25rem; font: 15px/1.5 system-ui, sans-serif; color: #e8eaf0 }
  article { background: #14161d; border: 1px solid #2a2e3a; border-top: 3px solid #ff5d6c; border-radius: 10px;
    padding: 1.1rem 1.3rem; margin-bottom: 1rem; box-shadow: 0 18px 50px rgb(0 0 0 / .5) }
  h1 { margin: 0 0 .3rem; font-size: 1.02rem; font-weight: 650; overflow-wrap: anywhere }
  p { margin: .2rem 0; color: #9aa1b2; overflow-wrap: anywhere }
  .place { color: #7fb3ff; font-family: ui-monospace, monospace; font-size: .87rem }
  pre { margin: .8rem 0; padding: .8rem 1rem; overflow-x: auto; background: #0c0d12; border-radius: 7px;
    font: 13px/1.65 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 4 }
  pre i { font-style: normal; color: #5a6072; user-select: none }
  pre b { font-weight: 400; color: #fff; background: rgb(255 93 108 / .28); border-bottom: 2px solid #ff5d6c }
  footer { color: #9aa1b2; font-size: .85rem; text-align: center }
  kbd { border: 1px solid #3a3f4f; border-radius: 4px; padding: 0 .35em }`

let seen: number | undefined
let overlay: HTMLElement | undefined

new EventSource('/_/dev/events').onmessage = ({ data }: MessageEvent<string>) => {
  const { version, problems } = JSON.parse(data) as State
  const isNew = seen !== undefined && version !== seen
  seen = version
  if (problems.length === 0 && isNew) return location.reload()
  overlay?.remove()
  overlay = problems.length > 0 ? show(problems) : undefined
}

addEventListener('keydown', (event) => {
  if (event.key === 'Escape') overlay?.remove()
})

// Everything is text to the page: a source may hold anything.
function show(problems: readonly Problem[]): HTMLElement {
  const host = document.createElement('sls-problems')
  host.setAttribute('role', 'alertdialog')
  host.setAttribute('aria-label', 'The new version is broken')
  const style = document.createElement('style')
  style.textContent = STYLE
  const main = document.createElement('main')
  const footer = element('footer', 'It goes away when the source is mended. ')
  footer.append(element('kbd', 'Esc'), ' hides it.')
  main.append(...problems.map(card), footer)
  host.attachShadow({ mode: 'open' }).append(style, main)
  document.documentElement.append(host)
  return host
}

function card({ title, place, frame = [], notes }: Problem): HTMLElement {
  const article = document.createElement('article')
  article.append(element('h1', title))
  if (place !== undefined) article.append(element('p', place, 'place'))
  if (frame.length > 0) {
    const pre = document.createElement('pre')
    const width = String(frame.at(-1)?.number ?? 0).length
    for (const { number, text, mark } of frame) {
      const [from, to] = mark ?? [text.length, text.length]
      // What is missing at the end of a line is marked behind it.
      const meant = text.slice(from, to) || (mark ? ' ' : '')
      const row = [element('i', `${String(number).padStart(width)}  `), text.slice(0, from)]
      pre.append(...row, ...(meant ? [element('b', meant)] : []), text.slice(to), '\n')
    }
    article.append(pre)
  }
  article.append(...notes.map((note) => element('p', note)))
  return article
}

function element(name: string, text: string, className = ''): HTMLElement {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}
