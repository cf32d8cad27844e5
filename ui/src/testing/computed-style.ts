/*
 * A fast `getComputedStyle`.
 *
 * jsdom tries every rule of its own style sheet on each element after each change of the page, and roles are looked for,
 * and axe judges, by what is displayed: a third of the time of the tests. There are no style sheets of ours in them, so
 * what is displayed follows from the tags and attributes of an element and of what it lies in. Each property is asked of
 * jsdom once for each such shape.
 */

/** Attributes that jsdom's own style sheet looks at. */
const READ = ["align", "dir", "frame", "hidden", "href", "open", "popover", "rules", "sizes", "style", "title", "type"];

/** What each property is, by shape and name. */
const known = new Map<string, unknown>();
/** Short names of shapes. */
const names = new Map<string, number>();
/** The shapes of elements, until the page changes. */
let shapes = new WeakMap<Element, number>();

function shapeOf(element: Element): number {
  const before = shapes.get(element);
  if (before !== undefined) return before;
  const { parentElement } = element;
  let text = `${parentElement ? shapeOf(parentElement) : ""}>${element.localName}`;
  for (const name of READ) {
    const value = element.getAttribute(name);
    if (value !== null) text += ` ${name}=${JSON.stringify(value)}`;
  }
  const shape = names.get(text) ?? names.size;
  names.set(text, shape);
  shapes.set(element, shape);
  return shape;
}

/** What a style has besides properties, but for `getPropertyValue`. */
const METHODS = new Set(["getPropertyPriority", "item", "removeProperty", "setProperty", "parentRule"]);

/** Marks a window that has ours, which serves every file that shares it. */
const OURS = Symbol.for("frontdesk.computed-style");

/** Takes the place of jsdom's own in this document. */
export function quickenComputedStyle(): void {
  const view = document.defaultView;
  if (!view || OURS in view) return;
  const ask = view.getComputedStyle.bind(view);
  const forget = () => {
    shapes = new WeakMap();
  };
  const changes = new MutationObserver(forget);
  changes.observe(document, { subtree: true, childList: true, attributes: true });

  const quick = (element: Element, pseudo?: string | null) => {
    const isOurs = () => element.ownerDocument === document && element.isConnected && document.styleSheets.length === 0;
    if (pseudo || !isOurs()) return ask(element, pseudo);
    const read = (name: string, how: (style: CSSStyleDeclaration) => unknown) => {
      if (!isOurs()) return how(ask(element));
      if (changes.takeRecords().length > 0) forget();
      const key = `${shapeOf(element)} ${name}`;
      if (!known.has(key)) known.set(key, how(ask(element)));
      return known.get(key);
    };
    return new Proxy({} as CSSStyleDeclaration, {
      get: (_, name) => {
        if (name === "getPropertyValue") {
          return (property: string) => read(`--${property}`, (style) => style.getPropertyValue(property));
        }
        const property = typeof name === "string" && !METHODS.has(name);
        if (property) return read(name, (style) => Reflect.get(style, name) as unknown);
        // Whatever else can be asked of a style is asked of jsdom's.
        const style = ask(element);
        const value: unknown = Reflect.get(style, name);
        return typeof value === "function" ? (value.bind(style) as unknown) : value;
      },
    });
  };
  // Tests and libraries find it in both places.
  for (const place of [view, window]) Object.assign(place, { getComputedStyle: quick, [OURS]: true });
}
