"""Asks which models there are, with what .env holds."""

import os

from openai import OpenAI


def models():
    client = OpenAI(api_key=os.getenv("OPENAI_API_KEY"))
    return [model.id for model in client.models.list()]
