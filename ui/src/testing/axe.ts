import axe from "axe-core";

/** What axe finds wrong on screen, a line for each rule. */
export async function axeFindings(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    // Needs layout or colours, which jsdom has not; both are judged in the real window, and on its pictures.
    rules: { "color-contrast": { enabled: false }, "target-size": { enabled: false } },
    // What is well is not described, which takes longer than to judge it.
    resultTypes: ["violations"],
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
