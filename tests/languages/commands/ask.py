import asyncio
import os
import shlex
import subprocess

key = os.environ["OPENAI_API_KEY"]
URL = "https://api.openai.com/v1/models"

os.system("curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'")  # expect: KL203
os.system("curl https://api.openai.com/v1/models -H \"Authorization: $OPENAI_API_KEY\"")  # expect: KL301
os.system('curl https://api.openai.com/v1/models -H "Authorization: Bearer OPENAI_API_KEY"')  # expect: KL202
subprocess.run(["curl", "https://api.openai.com/v1/models", "-H", "Authorization: Bearer $OPENAI_API_KEY"])  # expect: KL203
subprocess.run(["bash", "-c", "curl https://api.openai.com/v1 -H 'Authorization: Bearer $OPENAI_API_KEY'"])  # expect: KL203
subprocess.check_output(
    "curl https://api.openai.com/v1/models "
    '-H "Authorization: Bearer: $OPENAI_API_KEY"',  # expect: KL302
    shell=True,
)

os.system('curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"')
os.system(f"curl https://api.openai.com/v1/models -H 'Authorization: Bearer {key}'")
os.system("curl https://api.openai.com/v1/models -H 'Authorization: Bearer " + key + "'")
os.system("curl https://api.openai.com/v1/models -H 'Authorization: Bearer '%s" % shlex.quote(key))
subprocess.run(["curl", URL, "-H", f"Authorization: Bearer {key}"])
subprocess.run(["bash", "-c", 'curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"'])
asyncio.create_subprocess_shell('curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"')
print("curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'")
EXAMPLE = "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'"
