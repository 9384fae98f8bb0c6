// Reads a JSON list of texts and answers which of them zod takes for a URL: [by version 3, by version 4] each.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { z as z4 } from 'zod/v4'

const texts = JSON.parse(readFileSync(0, 'utf8'))
const three = z.string().url().optional()
const four = z4.string().url().optional()
console.log(
  JSON.stringify(texts.map((text) => [three.safeParse(text).success, four.safeParse(text).success])),
)
