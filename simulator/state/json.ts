/** Parses JSON; undefined for malformed text. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The source text of a top-level member of a JSON object; undefined when the member is missing. Parsing and serialising
 * it again would change its bytes, and signatures cover bytes.
 * @param json - a well-formed JSON object
 */
export function memberSource(json: string, name: string): string | undefined {
  let depth = 0;
  let key: string | undefined;
  let start: number | undefined;
  for (const { 0: token, index } of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (depth === 1 && start === undefined) {
      if (token.startsWith('"')) key = JSON.parse(token);
      if (token === ':' && key === name) start = index + 1;
    } else if (depth === 1 && (token === ',' || token === '}')) return json.slice(start, index).trim();
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
  return undefined;
}
