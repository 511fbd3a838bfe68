type Child = Node | string | number | false | undefined | null

export interface Props {
  readonly [name: string]: string | number | boolean | undefined | ((event: never) => void)
}

/** An element: attributes, listeners (`onclick`), and children; nothing is ever read as markup. */
export function h(tag: string, props: Props = {}, ...children: readonly (Child | readonly Child[])[]): HTMLElement {
  return fill(document.createElement(tag), props, children)
}

/** The same in SVG. */
export function svg(tag: string, props: Props = {}, ...children: readonly (Child | readonly Child[])[]): SVGElement {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), props, children)
}

function fill<E extends Element>(element: E, props: Props, children: readonly (Child | readonly Child[])[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') {
      ;(element as unknown as Record<string, unknown>)[name] = value
    } else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children.flat()) {
    if (child === undefined || child === null || child === false) continue
    element.append(child instanceof Node ? child : String(child))
  }
  return element
}

const kept = new WeakMap<Node, Element>()

/** Stands in a new tree for an element that looks after itself, and stays what it is. */
export function keep(element: Element): Node {
  const stand = document.createComment('')
  kept.set(stand, element)
  return stand
}

/** Makes the old tree look as the new one and keeps what is the same: focus, selections, what is scrolled. */
export function morph(old: Element, next: Element): Element {
  if (old.tagName !== next.tagName || keyOf(old) !== keyOf(next)) {
    old.replaceWith(mount(next))
    return next
  }
  if (old.hasAttribute('data-own')) return old
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name)
  for (const { name, value } of [...next.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value)
  for (const name of LISTENERS) {
    const own = old as unknown as Record<string, unknown>
    own[name] = (next as unknown as Record<string, unknown>)[name]
  }
  morphChildren(old, next)
  return old
}

const LISTENERS = ['onclick', 'onpointermove', 'onpointerleave'] as const

function morphChildren(old: Element, next: Element): void {
  const keyed = new Map([...old.children].flatMap((child) => (keyOf(child) ? [[keyOf(child), child] as const] : [])))
  let at: ChildNode | null = old.firstChild
  for (const child of [...next.childNodes]) {
    const same = kept.get(child) ?? (child instanceof Element && keyOf(child) ? keyed.get(keyOf(child)) : undefined)
    if (same && same !== at) old.insertBefore(same, at)
    const place: ChildNode | null = same ?? at
    at = place ? put(place, child).nextSibling : appended(old, child)
  }
  while (at) {
    const gone: ChildNode = at
    at = at.nextSibling
    gone.remove()
  }
}

// Makes what stands at a place look as the new child; gives what stands there then.
function put(place: ChildNode, child: ChildNode): ChildNode {
  if (kept.get(child) === place) return place
  if (place instanceof Element && child instanceof Element && !isKept(place)) return morph(place, child) as ChildNode
  if (place.nodeType === Node.TEXT_NODE && child.nodeType === Node.TEXT_NODE) {
    if (place.nodeValue !== child.nodeValue) place.nodeValue = child.nodeValue
    return place
  }
  const made = mount(child)
  place.before(made)
  // What is kept may be wanted further on; what nobody wants goes at the end.
  if (!isKept(place)) place.remove()
  return made as ChildNode
}

function appended(old: Element, child: ChildNode): null {
  old.append(mount(child))
  return null
}

function isKept(node: Node): boolean {
  return node instanceof Element && node.hasAttribute('data-own') && node.hasAttribute('data-key')
}

// Puts what is kept where something stands for it.
function mount(node: Node): Node {
  const own = kept.get(node)
  if (own) return own
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_COMMENT)
  const stands: Comment[] = []
  while (walker.nextNode()) stands.push(walker.currentNode as Comment)
  for (const stand of stands) stand.replaceWith(kept.get(stand) ?? '')
  return node
}

function keyOf(element: Element): string | undefined {
  return (element as HTMLElement).dataset?.['key']
}
