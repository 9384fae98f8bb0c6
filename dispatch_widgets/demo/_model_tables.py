"""The tables from which `model_lists` makes the demo's models, one family per line.

Columns: owner, id pattern, values for its braces (``/`` between braces, ``.`` for an empty one), month of the
first model, context in tokens, dollars per million input and output tokens, input modalities (t text,
i image). ``-`` means that the demo server does not state it. A line in brackets is the kind of what follows.
"""

from __future__ import annotations

FIRST = """
[chat]
openai|gpt-4o{}|. -mini|2024-05|128000|2.5 10|ti
openai|gpt-5{}|. -mini -nano|2025-08|400000|1.25 10|ti
[embedding]
openai|text-embedding-3-{}|small large|2024-01|8191|0.02 0|-
[other]
openai|whisper-{}|1|2023-02|-|-|-
"""
"""What the sample settings files and the notebooks name: listed however few models are asked for."""

MANY = """
[chat]
openai|gpt-4.1{}|. -mini -nano|2025-04|1047576|2 8|ti
openai|gpt-5.{}{}|1 2 3 / . -mini -codex|2025-11|400000|1.25 10|ti
openai|gpt-4-turbo{}|. -preview|2023-11|128000|10 30|ti
openai|gpt-3.5-turbo{}|. -16k|2023-03|16385|0.5 1.5|-
openai|o{}{}|1 3 4 / . -mini -pro|2024-12|200000|1.1 4.4|-
openai|openai/gpt-oss-{}|20b 120b|2025-08|131072|0.05 0.25|t
anthropic|anthropic/claude-{}-{}|opus sonnet haiku / 4 4.1 4.5 4.6|2025-05|200000|3 15|ti
google|google/gemini-{}-{}|2.0 2.5 3 / flash flash-lite pro|2025-02|1048576|0.1 0.4|ti
google|google/gemma-{}-it|2-9b 2-27b 3-4b 3-12b 3-27b 4-31b|2024-06|131072|0.05 0.1|t
meta-llama|meta-llama/llama-3.{}-{}-instruct|1 2 3 / 8b 70b 405b|2024-07|131072|0.05 0.08|t
meta-llama|meta-llama/llama-4-{}|scout maverick|2025-04|1048576|0.15 0.6|ti
mistralai|mistralai/mistral-{}-{}|small medium large / 2407 2411 2503 2508 latest|2024-07|131072|0.1 0.3|t
mistralai|mistralai/{}-{}|ministral-3b ministral-8b codestral / 2410 2507|2024-10|131072|0.1 0.1|t
mistralai|mistralai/{}-{}|devstral-small magistral-medium pixtral-12b / 2410 2507|2024-10|131072|0.1 0.1|t
qwen|qwen/qwen{}-{}-instruct|2.5 3 3.5 / 4b 7b 14b 32b 72b|2024-09|131072|0.04 0.1|t
qwen|qwen/qwen3-{}-{}|coder next max / 30b-a3b 80b-a3b 480b-a35b|2025-07|262144|0.1 0.4|-
qwen|qwen/qwen{}-vl-{}-instruct|2.5 3 / 7b 32b 72b|2025-01|32768|0.2 0.6|ti
deepseek|deepseek/deepseek-{}|chat reasoner v3 v3.1 v3.2 r1 r1-0528 v4-flash v4-pro|2024-12|163840|0.27 1.1|-
deepseek|deepseek/deepseek-r1-distill-{}|llama-8b llama-70b qwen-14b qwen-32b|2025-01|131072|0.1 0.4|t
x-ai|x-ai/grok-{}{}|3 4 4.1 / . -fast -mini|2025-02|256000|3 15|ti
moonshotai|moonshotai/kimi-k2{}|. -0905 -thinking .5 .6|2025-07|262144|0.5 2.4|t
z-ai|z-ai/glm-{}{}|4.5 4.6 5 / . -air -flash|2025-07|131072|0.4 1.6|t
cohere|cohere/command-{}-{}|r r-plus a / 03-2024 08-2024 03-2025|2024-03|128000|0.5 1.5|t
microsoft|microsoft/phi-{}-instruct|3-mini-128k 3-medium-128k 3.5-mini 4-mini|2024-05|131072|0.1 0.1|t
amazon|amazon/nova-{}-v1|micro lite pro premier|2024-12|300000|0.06 0.24|ti
nvidia|nvidia/llama-3.{}-nemotron-{}-instruct|1 3 / nano-8b super-49b ultra-253b|2025-03|131072|0.1 0.4|t
nousresearch|nousresearch/hermes-{}-llama-3.1-{}|3 4 / 8b 70b 405b|2024-08|131072|0.1 0.3|t
minimax|minimax/minimax-{}|m1 m2 m2.1|2025-06|1000000|0.3 1.2|t
ibm-granite|ibm-granite/granite-{}-{}-instruct|3.1 3.3 / 2b 8b|2024-12|131072|-|-
allenai|allenai/olmo-{}-{}-instruct|2 3 / 7b 13b 32b|2024-11|65536|-|-
tiiuae|tiiuae/falcon{}-{}-instruct|3 / 3b 7b 10b|2024-12|32768|-|-
ai21|ai21/jamba-{}-{}|mini large / 1.6 1.7|2025-03|256000|0.2 0.4|t
perplexity|perplexity/sonar{}|. -pro -reasoning|2025-01|127072|1 1|t
baidu|baidu/ernie-4.5-{}|21b-a3b 300b-a47b|2025-06|123000|0.1 0.3|t
tencent|tencent/hunyuan-{}-instruct|7b a13b|2025-06|131072|-|-
bytedance|bytedance/seed-oss-36b-{}|instruct|2025-08|524288|-|-
internlm|internlm/internlm{}-{}-chat|2.5 3 / 7b 8b 20b|2024-07|32768|-|-
01-ai|01-ai/yi-{}-chat|6b 9b 34b|2024-05|4096|-|-
[embedding]
openai|text-embedding-{}|ada-002|2022-12|8191|0.1 0|-
google|google/gemini-embedding-{}|001|2025-07|2048|0.15 0|-
mistralai|mistralai/{}-embed|mistral codestral|2023-12|8192|0.1 0|-
cohere|cohere/embed-{}-v3.0|english multilingual|2023-11|512|0.1 0|-
baai|baai/bge-{}|small-en-v1.5 base-en-v1.5 large-en-v1.5 m3|2023-09|512|-|-
intfloat|intfloat/{}e5-{}|. multilingual- / small base large|2023-05|512|-|-
nomic-ai|nomic-ai/nomic-embed-text-{}|v1 v1.5 v2-moe|2024-02|8192|-|-
qwen|qwen/qwen3-embedding-{}|0.6b 4b 8b|2025-06|32768|-|-
voyageai|voyageai/voyage-{}|3 3-lite code-3 law-2|2024-09|32000|0.06 0|-
thenlper|thenlper/gte-{}|base large|2023-07|512|-|-
sentence-transformers|sentence-transformers/all-{}-v2|minilm-l6 mpnet-base|2021-08|512|-|-
jinaai|jinaai/jina-embeddings-{}|v2-base-en v3 v4|2023-10|8192|-|-
[other]
openai|tts-1{}|. -hd|2023-11|-|-|-
openai|gpt-4o{}-transcribe|. -mini|2025-03|-|-|-
openai|dall-e-{}|2 3|2022-11|-|-|-
openai|gpt-image-{}|1 1-mini|2025-04|-|-|-
openai|omni-moderation-{}|latest 2024-09-26|2024-09|-|-|-
openai|sora-2{}|. -pro|2025-10|-|-|-
openai|openai/whisper-large-v3{}|. -turbo|2023-11|-|-|-
black-forest-labs|black-forest-labs/flux{}|-schnell -dev .1-pro .1-kontext .2-pro|2024-08|-|-|-
stabilityai|stabilityai/stable-diffusion-{}|xl-base-1.0 3-medium 3.5-large|2023-07|-|-|-
cohere|cohere/rerank-{}|english-v3.0 multilingual-v3.0 v3.5|2024-04|-|-|-
baai|baai/bge-reranker-{}|base large v2-m3|2023-09|-|-|-
qwen|qwen/qwen3-reranker-{}|0.6b 4b 8b|2025-06|-|-|-
google|google/imagen-{}|3.0-generate 4.0-generate 4.0-ultra|2024-08|-|-|-
google|google/veo-{}|2.0-generate 3.0-generate 3.1-fast|2025-04|-|-|-
mistralai|mistralai/mistral-ocr-{}|2503 latest|2025-03|-|-|-
hexgrad|hexgrad/kokoro-{}|82m-tts|2025-01|-|-|-
"""
"""The rest of the large account."""

SECOND = """
[chat]
lab|qwen3-{}|4b 8b 14b 32b|2025-04|40960|-|-
lab|llama-3.1-{}-instruct|8b 70b|2024-07|131072|-|-
lab|gemma-3-{}-it|4b 12b 27b|2025-03|131072|-|-
lab|mistral-{}|7b-instruct-v0.3 small-3.2-24b-instruct|2024-05|32768|-|-
lab|deepseek-r1-distill-{}|qwen-14b llama-70b|2025-01|131072|-|-
lab|phi-{}|4 4-mini-instruct|2024-12|16384|-|-
[embedding]
lab|nomic-embed-text-v1.5{}|.|2024-02|8192|-|-
lab|bge-m3{}|.|2024-01|8192|-|-
lab|qwen3-embedding-{}|0.6b|2025-06|32768|-|-
[other]
lab|whisper-large-v3{}|.|2023-11|-|-|-
lab|bge-reranker-v2-m3{}|.|2024-03|-|-|-
"""
"""The small second account: a lab's own server."""
