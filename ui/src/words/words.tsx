import { createContext, type ReactNode, useContext, useEffect, useMemo } from "react";

import type { Language as Choice } from "../bridge/Language";
import type { VaultKeeper } from "../bridge/VaultKeeper";
import { de } from "./de";
import { en } from "./en";

/** The shape every language has. */
export type Catalogue = typeof en;

interface Language {
  words: Catalogue;
  /** The same, with sentences about the keychain whatever guards what is kept. */
  ofKeychain: Catalogue;
  /** Tag of the language that is spoken, for the document and for instances that write to people. */
  tag: string;
  /** Tag for dates, times and numbers; the system's where it is of the same language, so that times look as everywhere else. */
  locale: string;
}

const CATALOGUES: Record<Exclude<Choice, "system">, Catalogue> = { en, de };

const LanguageContext = createContext<Language>(spoken("en", "en"));

/** The language that was chosen, else the first of the wanted ones that there is a catalogue for, else English. */
export function chooseLanguage(chosen: Choice, wanted: readonly string[]): Language {
  const of = (tag: string) => tag.split("-")[0]?.toLowerCase() ?? "";
  if (chosen !== "system") {
    const locale = wanted.find((tag) => of(tag) === chosen) ?? chosen;
    return spoken(chosen, locale);
  }
  for (const tag of wanted) {
    const primary = of(tag);
    if (primary === "en" || primary === "de") return spoken(primary, tag);
  }
  return spoken("en", "en");
}

function spoken(tag: keyof typeof CATALOGUES, locale: string): Language {
  return { words: CATALOGUES[tag], ofKeychain: CATALOGUES[tag], tag, locale };
}

/** The words as they are while a passphrase guards what is kept: a sentence about the keychain would lead astray. */
function behindPassphrase({ words, ...language }: Language): Language {
  const { errors } = words;
  const reasons = { ...errors.reasons, ...errors.behindPassphrase };
  return { ...language, words: { ...words, errors: { ...errors, reasons } } };
}

/** Gives everything below the words of a language, and says on the document which language they are in. */
export function LanguageProvider({
  chosen = "system",
  wanted = navigator.languages,
  keeper = "keychain",
  children,
}: {
  chosen?: Choice;
  wanted?: readonly string[];
  /** What keeps the secrets, so that sentences name the right thing. */
  keeper?: VaultKeeper;
  children: ReactNode;
}) {
  const language = useMemo(() => {
    const language = chooseLanguage(chosen, wanted);
    return keeper === "passphrase" ? behindPassphrase(language) : language;
  }, [chosen, wanted, keeper]);
  useEffect(() => {
    document.documentElement.lang = language.tag;
  }, [language.tag]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

/** The words of the chosen language. */
export function useWords(): Catalogue {
  return useContext(LanguageContext).words;
}

/** The words for what concerns the keychain itself, also while a passphrase guards what is kept. */
export function useKeychainWords(): Catalogue {
  return useContext(LanguageContext).ofKeychain;
}

/** The tag of the language that is spoken, with the system's region where that is known. */
export function useLocale(): string {
  return useContext(LanguageContext).locale;
}

/** Dates and times as people of the chosen language write them. */
export function useDates(): {
  time: (date: Date) => string;
  dateTime: (date: Date) => string;
  day: (date: Date) => string;
} {
  const locale = useLocale();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
    const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
    const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
    return {
      time: (date) => time.format(date),
      dateTime: (date) => dateTime.format(date),
      day: (date) => day.format(date),
    };
  }, [locale]);
}
