import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, test, vi } from "vitest";

import { expectNoAxeFindings } from "../testing/render";
import { CodeField, codeIn } from "./CodeField";

const LABEL = "Verification code";

/** The field as a screen keeps it, with what it was told. */
function open(over: Partial<Parameters<typeof CodeField>[0]> = {}) {
  const onComplete = vi.fn<(code: string) => void>();
  function Kept(more: Partial<Parameters<typeof CodeField>[0]>) {
    const [value, setValue] = useState(over.value ?? "");
    return (
      <main>
        <CodeField
          label={LABEL}
          attempt={0}
          {...over}
          {...more}
          value={value}
          onValue={setValue}
          onComplete={onComplete}
        />
      </main>
    );
  }
  const view = render(<Kept />);
  return {
    onComplete,
    user: userEvent.setup({ delay: null }),
    field: screen.getByLabelText<HTMLInputElement>(LABEL),
    again: (more: Partial<Parameters<typeof CodeField>[0]>) => {
      view.rerender(<Kept {...more} />);
    },
  };
}

function cells(): string[] {
  return [...document.querySelectorAll(".code-cell")].map((cell) => cell.textContent);
}

describe("typing", () => {
  test("fills the cells one by one and sends with the sixth digit, once", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.keyboard("12345");
    expect(cells()).toEqual(["1", "2", "3", "4", "5", ""]);
    expect(onComplete).not.toHaveBeenCalled();
    await user.keyboard("6");
    expect(onComplete.mock.calls).toEqual([["123456"]]);
  });

  test("takes no more than six digits and does not send again", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.keyboard("1234567");
    expect(field).toHaveValue("123456");
    expect(onComplete).toHaveBeenCalledTimes(1);
  });

  test("leaves out what is no digit, and takes those of other scripts", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.keyboard("1a-２ x");
    expect(field).toHaveValue("12");
    expect(onComplete).not.toHaveBeenCalled();
  });

  test("backspace takes the last digit away, and the new sixth digit sends", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.keyboard("123456{Backspace}{Backspace}");
    expect(field).toHaveValue("1234");
    expect(cells()).toEqual(["1", "2", "3", "4", "", ""]);
    await user.keyboard("99");
    expect(onComplete.mock.calls).toEqual([["123456"], ["123499"]]);
  });

  test("shows where the next digit goes", async () => {
    const { field, user } = open();
    const here = () =>
      [...document.querySelectorAll(".code-cell")].findIndex((cell) => cell.getAttribute("data-here") === "true");
    await user.click(field);
    expect(here()).toBe(0);
    await user.keyboard("12");
    expect(here()).toBe(2);
    await user.keyboard("3456");
    expect(here()).toBe(5);
  });
});

describe("pasting", () => {
  test.each([
    ["123456"],
    [" 123456\n"],
    ["123 456"],
    ["123-456"],
    ["Your code is 123456. It is good for 10 minutes."],
    ["１２３４５６"],
  ])("%j fills the field and sends once", async (text) => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.paste(text);
    expect(field).toHaveValue("123456");
    expect(onComplete.mock.calls).toEqual([["123456"]]);
  });

  test("replaces what was there, wherever the caret is", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.keyboard("99");
    field.setSelectionRange(0, 0);
    await user.paste("123456");
    expect(field).toHaveValue("123456");
    expect(onComplete.mock.calls).toEqual([["123456"]]);
  });

  test("a part of a code does not send", async () => {
    const { field, onComplete, user } = open();
    await user.click(field);
    await user.paste("1234");
    expect(field).toHaveValue("1234");
    expect(onComplete).not.toHaveBeenCalled();
  });

  test.each([["hello"], ["555 123 4567"], ["on 12.03.2026 at 10:00:00"]])(
    "%j holds no code: it changes nothing and is not sent",
    async (text) => {
      const { field, onComplete, user } = open();
      await user.click(field);
      await user.keyboard("12");
      await user.paste(text);
      expect(field).toHaveValue("12");
      expect(onComplete).not.toHaveBeenCalled();
    },
  );
});

describe("codeIn", () => {
  test.each([
    ["1234567", null],
    ["call 5551234567 or 123456", "123456"],
    ["on 12.03.2026 at 10:00:00", null],
    ["", null],
  ])("of %j is %j", (text, code) => {
    expect(codeIn(text)).toBe(code);
  });
});

describe("for screen readers and password managers", () => {
  test("it is one ordinary one-time-code field", () => {
    const { field } = open();
    expect(field).toHaveAttribute("autocomplete", "one-time-code");
    expect(field).toHaveAttribute("inputmode", "numeric");
    expect(screen.getAllByRole("textbox")).toEqual([field]);
  });

  test("an error belongs to the field and is announced", async () => {
    const { field } = open({ error: "This code is not right." });
    expect(field).toHaveAttribute("aria-invalid", "true");
    expect(field).toHaveAccessibleDescription("This code is not right.");
    expect(screen.getByText("This code is not right.").closest("[aria-live]")).not.toBeNull();
    await expectNoAxeFindings();
  });

  test("without an error it is not wrong", async () => {
    const { field } = open();
    expect(field).not.toHaveAttribute("aria-invalid");
    await expectNoAxeFindings();
  });
});

test("while a code is checked nothing can be typed or pasted", async () => {
  const { field, onComplete, user } = open({ value: "123456", busy: true });
  await user.click(field);
  await user.keyboard("{Backspace}");
  await user.paste("654321");
  expect(field).toHaveValue("123456");
  expect(onComplete).not.toHaveBeenCalled();
});

test("a refused code brings the focus back", () => {
  const { again, field } = open();
  expect(field).not.toHaveFocus();
  again({ attempt: 1 });
  expect(field).toHaveFocus();
});
