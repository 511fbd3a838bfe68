/** The beginning of the page on which a browser shows what a failed call answered. Its text and `</pre>` follow. */
export function failureHead(title: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>
  :root { color-scheme: light dark }
  body { margin: 0; background: light-dark(#f5f6f9, #0c0d12); color: light-dark(#1b1e27, #e8eaf0); font: 15px/1.5 system-ui, sans-serif }
  main { max-width: 62rem; margin: 8vh auto 2rem; padding: 0 1.25rem }
  h1 { margin: 0 0 .8rem; font-size: 1.02rem; font-weight: 650; overflow-wrap: anywhere }
  pre { margin: 0; padding: 1rem 1.2rem; overflow-x: auto; background: light-dark(#fff, #14161d);
    border: 1px solid light-dark(#d9dce4, #2a2e3a); border-top: 3px solid light-dark(#d62839, #ff5d6c); border-radius: 10px;
    font: 13px/1.65 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; tab-size: 4 }
</style>
<main>
<h1>${escapeHtml(title)}</h1>
<pre>`
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
