package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/joho/godotenv"
	"github.com/openai/openai-go/v2/option"
	openai "github.com/sashabaranov/go-openai"
)

const url = "https://api.openai.com/v1/models"
const leaked = "«openai.key»" // expect: KL101

func clients() {
	godotenv.Load()
	os.Setenv("ANTHROPIC_API_KEY", "your-api-key") // expect: KL201
	first := openai.NewClient("OPENAI_API_KEY")                // expect: KL202
	second := openai.NewClient("your-api-key")                 // expect: KL201
	third := openai.NewClient(os.Getenv("«openai.key»"))       // expect: KL102
	fourth := openai.NewOrgClient(os.Getenv("OPENAI_API_KEY"), "Personal") // expect: KL401
	fifth := option.WithAPIKey("«openai.key»")                 // expect: KL101
	config := openai.DefaultConfig(os.Getenv("OPENAI_API_KEY"))
	config.OrgID = "org_abc" // expect: KL401
	good := openai.NewClient(os.Getenv("OPENAI_API_KEY"))
}

func headers(key string) {
	req, _ := http.NewRequest("GET", url, nil)
	token := os.Getenv("OPENAI_API_KEY")
	req.Header.Set("Authorization", "Bearer"+token)               // expect: KL302
	req.Header.Set("Authorization", token)                        // expect: KL301
	req.Header.Add("Authorization", "Bearer ${OPENAI_API_KEY}")   // expect: KL203
	req.Header.Set("Authorization", fmt.Sprintf("Bearer%s", token)) // expect: KL302
	req.Header.Set("Authorization", "Bearer ")                    // expect: KL303
	req.Header.Set("OpenAI-Organization", "")                     // expect: KL403
	fmt.Println(token)                                            // expect: KL603
	fmt.Println("key length", len(token))
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Authorization", fmt.Sprintf("Bearer %s", key))
	req.Header.Set("X-Title", token[:0])
}
