/**
 * The sentences of the program, read off its sources: whatever is written there in words is found, so that none can be
 * missing from docs/messages.md. Values stand as `{name}`, alternatives as `{one | other}`.
 */
import ts from "typescript"

/** How a sentence reaches a person. */
export type Kind = "error" | "command" | "note" | "verbose" | "words"

export interface Sentence {
  readonly kind: Kind
  /** The class of an error; else empty. */
  readonly error: string
  readonly text: string
  /** Commands that stand behind an error. */
  readonly hints: ReadonlyArray<string>
}

/** What is said with these is a note, or told with `--verbose` only. */
const speakers: Readonly<Record<string, Kind>> = {
  notice: "note",
  notices: "note",
  warning: "note",
  say: "note",
  sayAlways: "note",
  nearLimit: "note",
  logDebug: "verbose"
}

/** A bug of ours ends in these, and `mp` does not show their text; the text of help is on its own pages. */
const unseen = new Set([
  "dieMessage",
  "Error",
  "TypeError",
  "RegExp",
  "flag",
  "argument",
  "group",
  "define",
  "Service",
  "Tag"
])
const ofHelp = new Set(["description", "summary", "examples", "identifier"])

/** Two words side by side outside of values, and no markup, style sheet, script or header. */
const isSentence = (text: string): boolean =>
  /[A-Za-z]{2,}[,:;.')]* [('"-]*[A-Za-z]+|\{[^}]*\} [a-z]{2,}|[a-z]{2,}:? \{/.test(
    text.replaceAll(/\{[a-z ]*\}/g, "{}")
  ) && !/<\/?[a-z!]|var\(--|^#|'none'|charset=|HTTP\/|^Basic |^Bearer |GMT$|^export |^unset |^set -|Env:/.test(text)

const nameOf = (node: ts.Expression): string => {
  if (ts.isIdentifier(node)) return node.text
  if (ts.isPropertyAccessExpression(node)) return node.name.text
  return ts.isCallExpression(node) || ts.isNonNullExpression(node) ? nameOf(node.expression) : "…"
}

const calleeOf = (node: ts.Node): string =>
  ts.isCallExpression(node) || ts.isNewExpression(node) ? nameOf(node.expression) : ""

/** A name as a person reads it: `waitedMillis` is `{waited millis}`. */
const hole = (name: string): string =>
  `{${name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)}}`

/** The words of an expression; every literal that is used is noted in `used`. */
const wordsOf = (node: ts.Expression, used: Set<ts.Node>): string => {
  const inner = (part: ts.Expression) => wordsOf(part, used)
  if (ts.isStringLiteralLike(node)) {
    used.add(node)
    return node.text
  }
  if (ts.isTemplateExpression(node)) {
    used.add(node)
    return node.head.text + node.templateSpans.map((span) => inner(span.expression) + span.literal.text).join("")
  }
  if (ts.isTaggedTemplateExpression(node)) return inner(node.template)
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return inner(node.expression)
  if (ts.isConditionalExpression(node)) return `{${inner(node.whenTrue)} | ${inner(node.whenFalse)}}`
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return inner(node.left) + inner(node.right)
  }
  if (ts.isBinaryExpression(node)) return inner(node.left)
  if (ts.isArrayLiteralExpression(node)) return node.elements.map(inner).join(" ")
  if (ts.isSpreadElement(node)) return inner(node.expression)
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === "join"
  ) {
    return inner(node.expression.expression)
  }
  return hole(
    ts.isCallExpression(node) && node.arguments[0] !== undefined && ts.isIdentifier(node.arguments[0])
      ? node.arguments[0].text
      : nameOf(node)
  )
}

const isTemplate = (node: ts.Node): node is ts.StringLiteralLike | ts.TemplateExpression =>
  ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)

/** Where a literal is no text: a type, the name of a module or of a property. */
const isNoText = (node: ts.Node): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node))

const propertyOf = (node: ts.ObjectLiteralExpression, names: ReadonlyArray<string>): ts.Expression | undefined => {
  for (const property of node.properties) {
    if (ts.isPropertyAssignment(property) && names.includes(property.name.getText())) return property.initializer
  }
  return undefined
}

/** The commands that an expression holds, written out. */
const commandsIn = (node: ts.Node, used: Set<ts.Node>): ReadonlyArray<string> => {
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "command") return [wordsOf(node.template, used)]
  const found: Array<string> = []
  ts.forEachChild(node, (child) => void found.push(...commandsIn(child, used)))
  return found
}

/** The class that an object with a `message` is of: the one that is made with it, or that is declared around it. */
const errorOf = (node: ts.Node): string => {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if (ts.isNewExpression(at)) return nameOf(at.expression)
    if (ts.isCallExpression(at) && /^(errorClass|loginError)$/.test(calleeOf(at)))
      return at.arguments[0]?.getText().slice(1, -1) ?? ""
    if (ts.isClassDeclaration(at)) return at.name?.text ?? ""
  }
  return ""
}

/** All sentences of a file, in its order. */
export const sentencesOf = (source: string): ReadonlyArray<Sentence> => {
  const file = ts.createSourceFile("x.ts", source, ts.ScriptTarget.Latest, true)
  const found: Array<Sentence> = []
  const used = new Set<ts.Node>()
  const keep = (kind: Kind, text: string, error = "", hints: ReadonlyArray<string> = []) => {
    if (kind === "error" || kind === "command" || isSentence(text)) found.push({ kind, error, text, hints })
  }
  const visit = (node: ts.Node, kind: Kind): void => {
    if (used.has(node) || isNoText(node) || unseen.has(calleeOf(node))) return
    if (ts.isPropertyAssignment(node) && ofHelp.has(node.name.getText())) return
    if (ts.isObjectLiteralExpression(node)) {
      const message = propertyOf(node, ["message", "reason"])
      const error = message === undefined ? "" : errorOf(node)
      if (message !== undefined && error !== "") {
        const hints = ["hints", "fix", "fixes", "again"].flatMap((name) => {
          const value = propertyOf(node, [name])
          return value === undefined ? [] : commandsIn(value, used)
        })
        keep("error", wordsOf(message, used), error, hints)
      }
    }
    if (ts.isCallExpression(node) && calleeOf(node) === "invalid" && node.arguments[0] !== undefined) {
      const hints = node.arguments.slice(1).flatMap((mend) => commandsIn(mend, used))
      keep("error", wordsOf(node.arguments[0], used), "InvalidArgument", hints)
    }
    if (calleeOf(node) === "loginError" && ts.isCallExpression(node)) {
      const [name, , message, hints] = node.arguments
      if (message !== undefined && ts.isArrowFunction(message) && !ts.isBlock(message.body)) {
        const commands = hints === undefined ? [] : commandsIn(hints, used)
        keep("error", wordsOf(message.body, used), name?.getText().slice(1, -1), commands)
      }
    }
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "command") {
      return used.has(node.template) ? undefined : keep("command", wordsOf(node.template, used))
    }
    if (isTemplate(node)) {
      const text = wordsOf(node, used)
      const isMessage = ts.isReturnStatement(node.parent) && errorOf(node) !== ""
      keep(isMessage ? "error" : kind, text, isMessage ? errorOf(node) : "")
    }
    const next = speakers[calleeOf(node)] ?? kind
    ts.forEachChild(node, (child) => visit(child, next))
  }
  visit(file, "words")
  return found
}
