// What is wrong on the page by the rules with the tags arguments[0]: a line for each place.
const done = arguments[arguments.length - 1];
axe.run(document, { runOnly: arguments[0] }).then(
  ({ violations }) =>
    done(violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}`))),
  (error) => done([`axe-core failed: ${error}`]),
);
