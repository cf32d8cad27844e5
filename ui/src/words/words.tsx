import { createContext, type ReactNode, useContext, useMemo } from "react";

import { en } from "./en";

/** The shape every language has. */
export type Catalogue = typeof en;

interface Language {
  words: Catalogue;
  /** Tag for dates, times and numbers; the system's, so that times look as everywhere else. */
  locale: string;
}

const LANGUAGES: Record<string, Catalogue> = { en };

const LanguageContext = createContext<Language>({ words: en, locale: "en" });

/** Chooses the first of the wanted languages that there is a catalogue for, else English. */
export function LanguageProvider({
  wanted = navigator.languages,
  children,
}: {
  wanted?: readonly string[];
  children: ReactNode;
}) {
  const language = useMemo<Language>(() => {
    for (const tag of wanted) {
      const words = LANGUAGES[tag.split("-")[0] ?? ""];
      if (words) return { words, locale: tag };
    }
    return { words: en, locale: "en" };
  }, [wanted]);
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

/** The words of the chosen language. */
export function useWords(): Catalogue {
  return useContext(LanguageContext).words;
}

/** Dates and times as people of the chosen language write them. */
export function useDates(): {
  time: (date: Date) => string;
  dateTime: (date: Date) => string;
  day: (date: Date) => string;
} {
  const { locale } = useContext(LanguageContext);
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
