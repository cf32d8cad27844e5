import type { InstanceView } from "../bridge/InstanceView";
import { Banner } from "../primitives/Banner";
import { useWords } from "../words/words";
import { useSnapshot } from "./context";
import { CopyButton } from "./CopyButton";
import type { Failure } from "./failure";
import { FailureNote } from "./FailureNote";
import { spokenName } from "./instances";

/** The instance does not allow the address by which browsers come back. */
const REDIRECT = ["resource_missmatch", "invalid_redirect_url", "prohibited_redirect_url", "redirect_url_domain_mismatch"];
const NATIVE = "native_api_disabled";

/** A failure of something that goes out to the browser. Where only the owner of the instance can help, what they have to add. */
export function FlowFailure({ instance, failure }: { instance: InstanceView; failure: Failure | null }) {
  const words = useWords();
  const { redirect_url: redirectUrl } = useSnapshot();
  const code = failure?.code ?? "";
  const redirect = REDIRECT.includes(code);
  if (!redirect && code !== NATIVE) return <FailureNote failure={failure} />;
  const text = redirect ? redirectUrl : words.browser.ownerNativeText(instance.host);
  return (
    <Banner
      tone="danger"
      title={words.browser.ownerTitle(spokenName(instance, words))}
      action={<CopyButton text={text} label={words.actions.copy} />}
    >
      <p>{redirect ? words.browser.ownerRedirect : words.browser.ownerNative}</p>
      <p className={redirect ? "mono" : "quote"}>{text}</p>
      {redirect && redirectUrl.startsWith("http:") && <p>{words.browser.ownerAnyPort}</p>}
    </Banner>
  );
}
