import {
  AsYouType,
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from "libphonenumber-js/min";

/** A country, or a territory with telephone numbers of its own (ISO 3166-1). */
export type Country = CountryCode;

/** A telephone number while it is typed. */
export interface PhoneDraft {
  country: Country;
  /** As it was typed, in the usual spelling of the country. */
  text: string;
}

/** Where nothing says in which country the person is. */
const SOMEWHERE: Country = "US";

/** The country that the system's languages speak of. */
export function systemCountry(languages: readonly string[] = navigator.languages): Country {
  for (const tag of languages) {
    const region = regionOf(tag);
    if (region && isSupportedCountry(region)) return region;
  }
  return SOMEWHERE;
}

function regionOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).region;
  } catch {
    // What the system calls a language need not be a tag.
    return undefined;
  }
}

/** A number that nobody has typed yet. */
export function emptyPhone(): PhoneDraft {
  return { country: systemCountry(), text: "" };
}

/** The draft of a number that is known. */
export function phoneDraft(number: string): PhoneDraft {
  const parsed = parsePhoneNumberFromString(number);
  return parsed?.country
    ? { country: parsed.country, text: parsed.formatNational() }
    : { country: systemCountry(), text: number };
}

/** What was typed, spelled as usual in its country; a number that begins with + says its country itself. */
export function typedPhone(draft: PhoneDraft, text: string): PhoneDraft {
  const typing = new AsYouType(draft.country);
  const formatted = typing.input(text);
  const named = text.trimStart().startsWith("+") ? typing.getCountry() : undefined;
  const country = named ?? draft.country;
  // What was taken away stays away: a closing bracket would come back again and again.
  return { country, text: text.length < draft.text.length ? text : formatted };
}

/** The number as it travels (E.164); null for what cannot be one. */
export function phoneNumberOf({ country, text }: PhoneDraft): string | null {
  const parsed = parsePhoneNumberFromString(text, country);
  return parsed?.isPossible() ? parsed.number : null;
}

/** A number that travels so, as people read it. */
export function spokenPhone(number: string): string {
  return parsePhoneNumberFromString(number)?.formatInternational() ?? number;
}

/** Whether a text that names an account may be meant as a telephone number. */
export function looksLikePhone(text: string): boolean {
  return /^[+(]?[\d\s()./-]{5,}$/.test(text.trim());
}

/** Every country by its name in a language, with what its numbers begin with. */
export function countries(locale: string): { country: Country; name: string; calling: string }[] {
  const names = new Intl.DisplayNames([locale], { type: "region", fallback: "code" });
  const order = new Intl.Collator(locale);
  return getCountries()
    .map((country) => ({ country, name: names.of(country) ?? country, calling: callingCode(country) }))
    .sort((a, b) => order.compare(a.name, b.name));
}

/** What the numbers of a country begin with, such as +49. */
export function callingCode(country: Country): string {
  return `+${getCountryCallingCode(country)}`;
}
