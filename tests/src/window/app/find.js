// Elements whose role is one of arguments[0] and whose name is arguments[1]; without arguments a line for everything.
const [roles, wanted] = arguments;
// The page has gone on since axe-core was brought: there is nothing on it yet.
if (!window.axe) return [];
const { aria, dom, text } = axe.commons;
const roleOf = (element) =>
  element instanceof HTMLInputElement && element.type === "password" ? "password" : aria.getRole(element);
// Soft hyphens are neither seen nor heard.
const nameOf = (element) => text.accessibleText(element).replaceAll("\u00ad", "").trim();
axe.setup(document.documentElement);
try {
  const named = [...document.body.querySelectorAll("*")]
    .filter((element) => dom.isVisibleToScreenReaders(element))
    .map((element) => ({ element, role: roleOf(element) }))
    .filter(({ role }) => role && role !== "none" && role !== "presentation");
  if (roles) {
    return named
      .filter(({ element, role }) => roles.includes(role) && nameOf(element) === wanted)
      .map(({ element }) => element);
  }
  return named
    .map(({ element, role }) => [role, nameOf(element)])
    .filter(([, name]) => name)
    .map(([role, name]) => `${role} “${name}”`);
} finally {
  axe.teardown();
}
