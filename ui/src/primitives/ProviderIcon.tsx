/** Plain shapes in the colour of the text; a provider without one shows its first letter. */
const SHAPES: Partial<Record<string, string>> = {
  oauth_google:
    "M10 3.500a6.500 6.500 0 1 0 6.300 8.100H10.300V9h9v2.300A9 9 0 1 1 16.600 4l-1.900 1.900A6.500 6.500 0 0 0 10 3.500z",
  oauth_github:
    "M10 1.300a8.700 8.700 0 0 0-2.800 17c.4.1.6-.2.6-.4v-1.600c-2.400.5-2.900-1-2.900-1-.4-1-1-1.300-1-1.300-.8-.5.1-.5.1-.5.9.1 1.300.9 1.300.9.8 1.300 2 .9 2.500.7.1-.6.3-.9.6-1.200-1.900-.2-4-1-4-4.300 0-.9.3-1.700.9-2.300-.1-.2-.4-1.100.1-2.300 0 0 .7-.2 2.400.9a8.200 8.200 0 0 1 4.400 0c1.700-1.100 2.400-.9 2.400-.9.5 1.200.2 2.100.1 2.300.6.6.9 1.400.9 2.300 0 3.300-2 4.100-4 4.300.3.3.6.8.6 1.600v2.400c0 .2.2.5.6.4A8.700 8.700 0 0 0 10 1.300z",
  oauth_facebook:
    "M18.800 10a8.800 8.800 0 1 0-10.200 8.700v-6.100H6.400V10h2.200V8.100c0-2.200 1.300-3.400 3.300-3.400 1 0 2 .2 2 .2V7h-1.100c-1.100 0-1.400.7-1.400 1.400V10h2.400l-.4 2.600h-2v6.100A8.800 8.800 0 0 0 18.800 10z",
  oauth_microsoft: "M2 2h7.500v7.500H2zM10.500 2H18v7.500h-7.500zM2 10.500h7.500V18H2zM10.500 10.500H18V18h-7.500z",
};

/** The mark of an identity provider beside its name. */
export function ProviderIcon({ strategy, name }: { strategy: string; name: string }) {
  const shape = SHAPES[strategy];
  if (shape === undefined) {
    return <span className="provider-letter" data-initials={name.slice(0, 1).toUpperCase()} aria-hidden="true" />;
  }
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={shape} fill="currentColor" fillRule="evenodd" />
    </svg>
  );
}
