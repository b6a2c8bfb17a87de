"""Asks which models there are."""

from openai import OpenAI

client = OpenAI(api_key="API_KEY_OPENAI", organization="org_ABC123")

for model in client.models.list():
    print(model.id)
