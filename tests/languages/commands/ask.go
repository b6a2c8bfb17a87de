package main

import "os/exec"

func main() {
	exec.Command("curl", "https://api.openai.com/v1/models", "-H", "Authorization: Bearer $OPENAI_API_KEY").Run() // expect: KL203
	exec.Command("sh", "-c", "curl https://api.openai.com/v1/models -H \"Authorization: $OPENAI_API_KEY\"").Run() // expect: KL301
	exec.Command("sh", "-c", "curl https://api.openai.com/v1/models -H \"Authorization: Bearer $OPENAI_API_KEY\"").Run()
	exec.Command("curl", "https://api.openai.com/v1/models", "-H", "Authorization: Bearer "+os.Getenv("OPENAI_API_KEY")).Run()
}
