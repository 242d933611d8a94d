/**
 * Text that may reach a terminal. It is made here and nowhere else, and a terminal takes nothing else: whatever comes
 * from a file, a server, a variable or the command line stands in it on one line, without a character that would act on
 * the terminal or not be seen. Line ends, tabs and escape sequences are those of our own templates.
 */
import { withoutGlyphs } from "./glyphs.ts"
import { escapeUnseen, linesOf, onOneLine } from "../../domain/internal/unseen.ts"

/** What a text is made of: a string is somebody's, and is cleaned; text is taken as it is. */
export type Part = string | number | TerminalText

/**
 * Text that is safe to show: it holds no control characters but those of `mp`.
 * @since 0.1.0
 * @category models
 */
export class TerminalText {
  /** Private, so that nothing else that has a `value` is taken for one. */
  private constructor(private readonly shown: string) {}

  get value(): string {
    return this.shown
  }

  /** The text itself. */
  toString(): string {
    return this.shown
  }

  /** One line of somebody's text. */
  static readonly line = (text: Part): TerminalText =>
    text instanceof TerminalText ? text : new TerminalText(shownOf(text))

  /** Our words, with somebody's between them. */
  static readonly template = (ours: TemplateStringsArray, ...parts: ReadonlyArray<Part>): TerminalText =>
    new TerminalText(ours.map((words, at) => words + (at < parts.length ? shownOf(parts[at] ?? "") : "")).join(""))

  /** Parts with a separator between them. */
  static readonly join = (parts: ReadonlyArray<Part>, separator?: TerminalText): TerminalText =>
    new TerminalText(parts.map(shownOf).join(separator?.value ?? ""))

  /** Somebody's text with its own lines, where it is shown as a whole: a file, a report. */
  static readonly lines = (text: string): TerminalText => new TerminalText(linesOf(text).join("\n"))

  /** A value that must not be shown altered: nothing, where it would be. */
  static readonly exactly = (text: string): TerminalText | undefined =>
    onOneLine(text) === text ? new TerminalText(text) : undefined

  /** JSON that says the same, with what is not seen escaped. */
  static readonly json = (json: string): TerminalText => new TerminalText(escapeUnseen(json))

  /** A body that is shown to a person: what acts on a terminal is written out. */
  static readonly body = (text: string): TerminalText => new TerminalText(escapeUnseen(text.replaceAll("\r\n", "\n")))

  /** An address as a link, which survives being broken over lines. */
  static readonly link = (url: string): TerminalText => {
    const address = TerminalText.line(url).value
    return new TerminalText(`\u001b]8;;${address}\u001b\\${address}\u001b]8;;\u001b\\`)
  }

  /** Whether a terminal without Unicode can show it. */
  static readonly isAscii = ({ value }: TerminalText): boolean => /^[\0-\x7f]*$/.test(value)

  /** The same in ASCII, as far as the glyphs of `mp` go. */
  static readonly withoutGlyphs = ({ value }: TerminalText): TerminalText => new TerminalText(withoutGlyphs(value))

  /** What a prompt draws: its own control sequences (cursor, colours), and text between them. */
  static readonly drawing = (text: string): TerminalText =>
    new TerminalText(
      text
        .split(/(\u001b(?:\[[0-9;?]*[A-Za-z]|[78])|\u0007)/)
        .map((piece, at) => (at % 2 === 1 ? piece : linesOf(piece).join("\n")))
        .join("")
    )
}

const shownOf = (part: Part): string => (part instanceof TerminalText ? part.value : onOneLine(String(part)))

export const text = TerminalText.template
export const line = TerminalText.line

export const lines = (parts: ReadonlyArray<Part>): TerminalText =>
  TerminalText.join(parts.map((part) => text`${part}\n`))
