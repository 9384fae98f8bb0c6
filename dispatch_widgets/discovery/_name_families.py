"""Name families of models: what a model is for by its id, if its server does not say (MD-4, P-9).

Vendors put the task into a model's name (``embed``, ``tts``, ``rerank``, ``ocr``) or give it a brand
(``whisper``, ``flux``, ``veo``). The tables below hold both, with the vendors that use them. They hold no
whole ids, so a brand covers all its versions, future ones included.

Three things of an id are compared, in lower case:

- its *tokens*, the runs of letters and digits: ``Wan-AI/Wan2.1-T2V-14B`` has ``wan2``, ``t2v``, ``14b``;
- its *words*, the runs of letters alone, which separates a brand from its version: ``wan``;
- the text itself, for phrases of more than one token (``dall-e``).

The words are not used in names of language models. For the few that are (``base``, ``video``), a word of
conversation such as ``instruct`` takes precedence.
"""

from __future__ import annotations

import re
from typing import Literal

Family = Literal[
    "chat",
    "embedding",
    "rerank",
    "transcription",
    "realtime",
    "speech",
    "music",
    "image",
    "video",
    "3d",
    "vision",
    "moderation",
    "document",
    "completion",
    "classifier",
    "science",
]
"""What a model is for. All families but ``chat`` and ``embedding`` are of kind ``other``."""


LETTERS_AND_DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The first family that matches wins, so the order matters: a reranker may be called `bge-reranker`, an
# embedding model `titan-embed-image`, a transcriber `gpt-live-transcribe`.

PARTS: tuple[tuple[str, Family], ...] = (
    # Matched anywhere, also inside a word: `multimodalembedding`, `EmbeddingsGigaR`, `embeddinggemma`.
    ("rerank", "rerank"),  # Cohere, Jina, Voyage, BAAI, Qwen, Amazon
    ("embed", "embedding"),  # OpenAI, Cohere, Google, Mistral, Qwen, Nomic, Titan, Marengo and most others
)

RERANK_TEXTS = (
    "cross-encoder",  # sentence-transformers' organisation for its rerankers
    "ms-marco",
    "text-ranking",
)
RERANK_WORDS = _words(
    # `semantic-ranker` (Vertex AI), `Llama-Rank` (Salesforce), `zerank` (ZeroEntropy)
    "rank ranker ranking zerank monot monobert"
    # Late interaction: many vectors for a text, useful for ranking only (Stanford, Jina, Illuin, Nomic)
    " colbert colpali colqwen colsmol colbertv"
    # Reward models score an answer (NVIDIA Nemotron, Skywork, Qwen-Math RM and PRM, InternLM)
    " reward prm rm"
)

EMBEDDING_TEXTS = (
    "text-similarity-",  # OpenAI's first generation
    "text-search-",
    "code-search-",
    "sentence-transformers/",  # the organisation of the SBERT project
    "sentence-t5",
    "jina-clip",
    "clip-vit-",  # served by sentence-transformers; text and image vectors
    "tao-8k",  # Baidu Qianfan
)
EMBEDDING_TOKENS = _words(
    # intfloat's E5 and Sentence-BERT's GTR and ST5 carry a digit that belongs to the name
    "e5 me5 st5 text2vec llm2vec model2vec m3e gtr"
)
EMBEDDING_WORDS = _words(
    # BAAI; Alibaba DAMO (thenlper, Alibaba-NLP); WhereIsAI; Sentence-BERT's; Microsoft, Google research
    "bge gte uae minilm mpnet sbert labse distiluse paraphrase simcse sgpt contriever specter"
    # Voyage AI names its models after itself; its rerankers match above
    " voyage voyageai"
    # Instructor (HKU), Stella (Dunzhang), mixedbread, NetEase Youdao, IBM Slate `…-rtrvr`, TwelveLabs
    " instructor stella mxbai bce rtrvr marengo"
    # SenseNova Piccolo, ACGE (from the Chinese embedding benchmark)
    " piccolo acge"
    # The task (`m2-bert-80M-8k-retrieval` at Together); Minish Potion, NVIDIA NV-CLIP
    " retrieval potion nvclip"
)

TRANSCRIPTION_WORDS = _words(
    # The task: `gpt-4o-transcribe`, ElevenLabs `scribe`, `azure-stt`, `qwen3-asr`, pyannote's diarisation
    "transcribe transcriber transcription scribe stt asr diarize diarization pyannote speech2text"
    # Brands: OpenAI; NVIDIA NeMo; Google; Useful Sensors; Meta; Alibaba FunASR; Sarvam; Kyutai
    " whisper parakeet citrinet quartznet conformer fastconformer chirp moonshine wav2vec hubert"
    " paraformer sensevoice sensevoicesmall gummy saarika saaras"
)
TRANSCRIPTION_TEXTS = (
    "nvidia/canary",
    "canary-1b",
    "canary-qwen",
    # Mistral's hosted `mini` is a transcriber (docs.mistral.ai, audio); the `3b` weights of 2025 and
    # `small` are chat models
    "voxtral-mini",
)

REALTIME_WORDS = _words(
    # A session over a web socket: OpenAI and Qwen `realtime`, Gemini `live`, Alibaba
    "realtime live livetranslate moshi"
)
REALTIME_TEXTS = ("native-audio",)

SPEECH_WORDS = _words(
    # The task: `tts-1`, MiniMax `speech-02`, `grok-voice`, `mai-voice`, IBM `granite-speech`
    "tts ttsd speech voice voices voiceclone vocoder"
    # Brands: Hexgrad, Canopy Labs, Suno, Sesame, Zyphra, Resemble AI, FunAudioLLM, Coqui, MyShell, …
    " kokoro orpheus bark csm zonos chatterbox cosyvoice sambert xtts melotts piper tortoise vibevoice"
    " voicecraft openvoice elevenlabs eleven playai playht inworld bulbul sonic parler indextts"
    " megatts styletts speecht polly"
    # Companies that offer only speech, as the prefix before a slash
    " deepgram cartesia assemblyai speechmatics rime hume lmnt smallestai fishaudio"
)
SPEECH_TEXTS = ("nari-labs/dia", "fish-audio", "smart-turn")

MUSIC_WORDS = _words(
    # Google, Meta, Stability, Suno, Udio, Skywork, ASLP, Tencent
    "lyria music musicgen musiclm audiogen audioldm suno udio mureka diffrhythm songgeneration"
    " soundstorm sound sfx riffusion demucs"
)
MUSIC_TEXTS = ("ace-step", "stable-audio")

IMAGE_WORDS = _words(
    # The task: `gpt-image`, `gemini-…-image`, Amazon `titan-image`, xAI `imagine`, and kinds of editing
    "image images imagine img txt2img t2i inpaint inpainting outpaint upscale upscaler recolor rembg"
    " controlnet tryon diffusion stablediffusion imagegeneration"
    # Brands: Google; OpenAI; Black Forest Labs; Stability AI (whose API has no language model); Amazon
    " imagen banana dalle flux kontext stability sd sdxl ssd sdxs canvas"
    # Ideogram, Recraft, Adobe, Midjourney, Leonardo, Bria, Playground, Reve, Luma's photon
    " ideogram recraft recraftv firefly midjourney leonardo bria playground reve photon"
    # ByteDance, Zhipu, Kuaishou, Baidu, HiDream, Tencent, Alibaba, PixArt, Sber, NVIDIA, Fal
    " seedream seededit cogview kolors irag hidream hunyuanimage wanx pixart kandinsky sana auraflow"
    # Community checkpoints of Stable Diffusion
    " dreamshaper animagine juggernaut photomaker instantid esrgan swinir omnigen fibo"
)
IMAGE_TOKENS = _words("sd3 sd15 sd21 sd35 i2i t2i txt2img text2img img2img")
IMAGE_TEXTS = ("dall-e", "black-forest-labs", "bfl/", "try-on", "stable-cascade", "ip-adapter", "fal-ai/")

VIDEO_WORDS = _words(
    # The task; Google; OpenAI; ByteDance; Kuaishou; MiniMax; Alibaba; Amazon; Lightricks; Zhipu; Genmo
    "video veo sora seedance kling hailuo wan reel ltx ltxv cogvideo cogvideox mochi"
    # Runway; Luma; Pika; Shengshu; PixVerse; Skywork; Alibaba; Tencent; Stability's `svd`
    " runway runwayml luma lumalabs pika vidu pixverse skyreels happyhorse hunyuanvideo svd animatediff"
    # Animated people and avatars
    " omnihuman lipsync avatar liveportrait videoretalk dreamina vace higgsfield"
)
VIDEO_TOKENS = _words(
    # "From what to what": text, image, reference, speech, key frames (Alibaba Wan, MiniMax, Novita)
    "t2v i2v r2v v2v ti2v s2v kf2v flf2v txt2video img2video gen3a gen4"
)
VIDEO_TEXTS = ("animate-anyone",)

THREE_D_WORDS = _words(
    # Microsoft, Stability and Tripo, Hyper3D, Meshy; Google's world model
    "trellis triposr tripo rodin meshy genie"
)
THREE_D_TEXTS = ("shap-e", "point-e", "cosmos-predict", "cosmos-transfer")

VISION_WORDS = _words(
    # Classic vision: classes, boxes, masks, depth (torchvision, Ultralytics, Meta, Cloudflare's catalogue)
    "resnet detr yolo yolov yolox dino dinov owlvit segformer birefnet rmbg siglip medsiglip clipseg"
    " grounding efficientnet convnext"
)
VISION_TOKENS = _words("sam2 sam3 vit")
VISION_TEXTS = ("segment-anything", "depth-anything")

MODERATION_WORDS = _words(
    # OpenAI and Mistral serve these at a separate endpoint. Guard models (Llama Guard, ShieldGemma, Granite
    # Guardian, gpt-oss-safeguard) use the chat endpoint and count as chat.
    "moderation moderator moderations toxicity"
)

DOCUMENT_WORDS = _words(
    # OCR: Mistral, DeepSeek, AllenAI, Reducto, Nanonets, PaddleOCR, Zhipu, Datalab
    "ocr olmocr rolmocr paddleocr surya dotsocr monkeyocr"
    # `cohere-parse`, NVIDIA `nemotron-parse` and `nemoretriever-page-elements`, LlamaParse
    " parse llamaparse nemoretriever"
)
DOCUMENT_TEXTS = (
    "document-ai",  # Mistral's name for it on Azure
    "doc-intelligence",  # Azure Document Intelligence
    "document-intelligence",
    "layout-parsing",
)

COMPLETION_WORDS = _words(
    # OpenAI's GPT-3 engines; Google's PaLM 2 text models; code editing and filling-in (Inception, Mistral)
    "davinci babbage curie bison unicorn edit fim"
    # Pretrained weights, as Hugging Face repositories name them
    " base pretrain pretrained"
)
COMPLETION_TOKENS = _words("j2")  # AI21 Jurassic-2, /completions only
CONVERSATION_WORDS = _words(
    # Tuned for chat; takes precedence over `base`, `video` and `bison`
    "instruct chat codechat chatbot llava it thinking"
)

CLASSIFIER_WORDS = _words(
    # Labels or choices instead of text: Hugging Face task names; encoders; Perplexity's and Baseten's
    # decision models; entity recognition by GLiNER and NVIDIA; machine translation with its own API
    "classifier classify classification decider decision detector sentiment ner gliner"
    " bert distilbert roberta deberta electra bart"
    " nllb indictrans madlad seamless"
    # Attributed question answering (ai.google.dev, `models/aqa`)
    " aqa"
)
CLASSIFIER_TOKENS = _words("m2m100 seamlessm4t indictrans2")
CLASSIFIER_TEXTS = ("opus-mt", "@cf/cloudflare/")  # Helsinki-NLP; Cloudflare's own small models

SCIENCE_WORDS = _words(
    # Time series: IBM Tiny Time Mixers, Google, Salesforce. Biology and weather: NVIDIA's catalogue
    "ttm timesfm moirai esmfold alphafold openfold boltz diffdock rfdiffusion proteinmpnn genmol molmim"
    " fourcastnet corrdiff cuopt"
)
SCIENCE_TOKENS = _words("esm2 evo2")
SCIENCE_TEXTS = ("chronos-t5", "chronos-bolt", "amazon/chronos")

ENDINGS: dict[str, Family] = {
    # Appended to a brand without a separator: `F5TTS`, `TeleSpeechASR`, `Hunyuan3D`, `DotsOCR`
    "ttsd": "speech",
    "tts": "speech",
    "asr": "transcription",
    "stt": "transcription",
    "ocr": "document",
    "3d": "3d",
}

SHAPES: tuple[tuple[str, str, Family], ...] = (
    # For ids that need a pattern: a token that the id must have, the pattern (without nested repeats, as it
    # runs on untrusted text) and the family.
    # The last GPT-3.5 for /completions; "instruct" is a training method here, not chat.
    ("gpt", r"gpt-3\.?5-turbo-instruct", "completion"),
    # Meta's Hugging Face repositories: without -Instruct or -chat-hf these are the pretrained weights.
    ("meta", r"^meta-llama/(?:meta-)?llama-[0-9.]{1,5}-[0-9]{1,4}b(?:-hf)?$", "completion"),
    # SageMaker JumpStart: `meta-textgeneration-llama-2-7b` is pretrained, `…-7b-f` is the tuned one.
    ("textgeneration", r"-textgeneration-.{0,60}[0-9]b$", "completion"),
    # Google's Gemma repositories: `-pt` is pretrained, `-it` instruction-tuned.
    ("pt", r"gemma-[a-z0-9.-]{1,30}-pt(?![a-z0-9])", "completion"),
    # The short name of MiniMax's Hailuo.
    ("minimax", r"minimax-h[0-9]", "video"),
)

NOT_ALONE = _words("base bison edit fim video")
"""Words that do not count beside `CONVERSATION_WORDS` (`LLaVA-Video`, `chat-bison`, `…-base-instruct`)."""

EXCEPTIONS = (
    # Voxtral's small open weights are a chat model, unlike the hosted model of that size.
    "voxtral-mini-3b",
)
"""Texts of chat models that would match another family."""

_IN_ORDER: tuple[tuple[Family, frozenset[str], tuple[str, ...]], ...] = (
    ("rerank", RERANK_WORDS, RERANK_TEXTS),
    ("embedding", EMBEDDING_WORDS | EMBEDDING_TOKENS, EMBEDDING_TEXTS),
    ("transcription", TRANSCRIPTION_WORDS, TRANSCRIPTION_TEXTS),
    ("realtime", REALTIME_WORDS, REALTIME_TEXTS),
    ("speech", SPEECH_WORDS, SPEECH_TEXTS),
    ("music", MUSIC_WORDS, MUSIC_TEXTS),
    ("video", VIDEO_WORDS | VIDEO_TOKENS, VIDEO_TEXTS),
    ("image", IMAGE_WORDS | IMAGE_TOKENS, IMAGE_TEXTS),
    ("3d", THREE_D_WORDS, THREE_D_TEXTS),
    ("moderation", MODERATION_WORDS, ()),
    ("document", DOCUMENT_WORDS, DOCUMENT_TEXTS),
    ("completion", COMPLETION_WORDS | COMPLETION_TOKENS, ()),
    ("classifier", CLASSIFIER_WORDS | CLASSIFIER_TOKENS, CLASSIFIER_TEXTS),
    ("science", SCIENCE_WORDS | SCIENCE_TOKENS, SCIENCE_TEXTS),
    ("vision", VISION_WORDS | VISION_TOKENS, VISION_TEXTS),
)

ORDER: dict[Family, int] = {family: rank for rank, (family, _, _) in enumerate(_IN_ORDER)}
"""The precedence of each family, the strongest first; ``chat`` is the fallback and has none."""

VOCABULARY: dict[str, Family] = {word: family for family, words, _ in reversed(_IN_ORDER) for word in words}
"""All words and tokens with their family; the stronger family if a word is in two."""


def _by_first_token() -> dict[str, tuple[tuple[re.Pattern[str], Family], ...]]:
    triggers: dict[str, list[tuple[re.Pattern[str], Family]]] = {}
    for family, _, texts in _IN_ORDER:
        for text in texts:
            first = re.findall(r"[a-z0-9]+", text)[0]
            triggers.setdefault(first, []).append((re.compile(re.escape(text)), family))
    for token, shape, family in SHAPES:
        triggers.setdefault(token, []).append((re.compile(shape), family))
    return {token: tuple(patterns) for token, patterns in triggers.items()}


TRIGGERS = _by_first_token()
"""Phrases and shapes by a token that an id must have, so that most ids match no pattern at all."""

SIGNS: frozenset[str] = frozenset(VOCABULARY) | frozenset(TRIGGERS)
"""All tokens and words that may decide the family."""
