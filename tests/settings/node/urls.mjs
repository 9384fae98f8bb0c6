// Answers each line, a JSON list of texts, with which of them zod takes for a URL: [by version 3, by version 4] each.
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { z as z4 } from 'zod/v4'

const three = z.string().url().optional()
const four = z4.string().url().optional()
for await (const line of createInterface({ input: process.stdin })) {
  const taken = JSON.parse(line).map((text) => [three.safeParse(text).success, four.safeParse(text).success])
  console.log(JSON.stringify(taken))
}
