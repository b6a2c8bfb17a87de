import openai, time
def a(q):
    for i in range(3):
        try:
            r = openai.chat.completions.create(model="x", messages=q)
        except openai.RateLimitError:
            time.sleep(2 ** i)
            continue
        return r
def b(q, retries=3):
    try:
        return openai.chat.completions.create(model="x", messages=q)
    except openai.RateLimitError:
        if retries == 0: raise
        time.sleep(5)
        return b(q, retries - 1)
def c(q):
    delay = 1
    while True:
        try:
            return openai.chat.completions.create(model="x", messages=q)
        except openai.RateLimitError as e:
            delay *= 2
            if delay > 60: raise
            time.sleep(delay)
def d(rows):
    out = []
    for row in rows:
        try:
            out.append(openai.chat.completions.create(model="x", messages=row))
        except openai.RateLimitError:  # expect: KL705
            continue
def e(q):
    n = 0
    while n < 5:
        try:
            return openai.chat.completions.create(model="x", messages=q)
        except openai.RateLimitError:
            n += 1
            time.sleep(n)
    return None
