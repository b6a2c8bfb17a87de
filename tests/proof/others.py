"""Programs in PHP, Ruby, Go and Java, with what these languages bring along."""

from __future__ import annotations

from tests.proof.case import BY_HAND, UNSAFE, Proof, one

PHP = """<?php
$ch = curl_init('https://api.openai.com/v1/models');
curl_setopt($ch, CURLOPT_RETURNTRANSFER, true);
curl_setopt($ch, CURLOPT_HTTPHEADER, [{}]);
$answer = curl_exec($ch);
$status = curl_getinfo($ch, CURLINFO_HTTP_CODE);
echo $status, ': ', $answer, curl_error($ch), "\\n";
exit($status === 200 ? 0 : 1);
"""
RUBY = """require "net/http"
require "json"

key = ENV["OPENAI_API_KEY"]
uri = URI("https://api.openai.com/v1/models")
request = Net::HTTP::Get.new(uri)
request[{}
response = Net::HTTP.start(uri.host, uri.port, use_ssl: true) { |http| http.request(request) }
abort "#{response.code}: #{response.body}" unless response.code == "200"
puts JSON.parse(response.body)["data"][0]["id"]
"""
GO = """package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	req, err := http.NewRequest("GET", "https://api.openai.com/v1/models", nil)
	if err != nil {
		panic(err)
	}
	key := os.Getenv("OPENAI_API_KEY")
	req.Header.Set(HEADER)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		panic(err)
	}
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(body), len(key))
	if resp.StatusCode != 200 {
		os.Exit(1)
	}
}
"""
JAVA = """import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Ask {
    public static void main(String[] args) throws Exception {
        HttpRequest request = HttpRequest.newBuilder()
            .uri(URI.create("https://api.openai.com/v1/models"))
            .header(HEADER)
            .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode() + ": " + response.body());
        System.exit(response.statusCode() == 200 ? 0 : 1);
    }
}
"""
IN_PHP = "'Authorization: Bearer ' . getenv('OPENAI_API_KEY')"
WRONG_KEY, NO_KEY = "invalid_api_key", "You didn't provide an API key"


def php(rule: str, header: str, shows: str, **more: object) -> Proof:
    return one(rule, "php curl", "ask.php", PHP.replace("{}", header, 1), 401, shows, **more)  # type: ignore[arg-type]


def ruby(rule: str, header: str, shows: str, **more: object) -> Proof:
    return one(rule, "ruby net/http", "ask.rb", RUBY.replace("{}", header, 1), 401, shows, **more)  # type: ignore[arg-type]


def go(rule: str, header: str, shows: str, **more: object) -> Proof:
    return one(rule, "go net/http", "ask.go", GO.replace("HEADER", header), 401, shows, **more)  # type: ignore[arg-type]


def java(rule: str, header: str, shows: str, **more: object) -> Proof:
    return one(rule, "java HttpClient", "Ask.java", JAVA.replace("HEADER", header), 401, shows, **more)  # type: ignore[arg-type]


KEY_FILE = {"key.txt": "«live.openai»\n", ".gitignore": "key.txt\n"}


def from_file(client: str, program: str, text: str, mended: str, shows: str, **more: object) -> Proof:
    """A key that is read from a file, its line end included."""
    files = {**KEY_FILE, program: text}
    return Proof("KL207", client, program, files, None, shows, BY_HAND, {program: mended}, also=("KL101",), **more)  # type: ignore[arg-type]


GO_FILE = GO.replace("HEADER", '"Authorization", "Bearer "+string(key)')
JAVA_FILE = JAVA.replace(
    "        HttpRequest request",
    '        String key = Files.readString(Path.of("key.txt"));\n        HttpRequest request',
)
JAVA_FILE = "import java.nio.file.Files;\nimport java.nio.file.Path;\n" + JAVA_FILE.replace(
    "HEADER", '"Authorization", "Bearer " + key'
)
RUBY_FILE = RUBY.replace('ENV["OPENAI_API_KEY"]', 'File.read("key.txt")').replace(
    "{}", '"Authorization"] = "Bearer #{key}"', 1
)

PROOFS = (
    from_file(
        "go net/http",
        "ask.go",
        GO_FILE.replace('key := os.Getenv("OPENAI_API_KEY")', 'key, _ := os.ReadFile("key.txt")'),
        GO_FILE.replace(
            'key := os.Getenv("OPENAI_API_KEY")', 'raw, _ := os.ReadFile("key.txt")\n\tkey := bytes.TrimSpace(raw)'
        ).replace('\t"fmt"', '\t"bytes"\n\t"fmt"'),
        "invalid header field value",
    ),
    from_file(
        "ruby net/http",
        "ask.rb",
        RUBY_FILE,
        RUBY_FILE.replace('.read("key.txt")', '.read("key.txt").strip'),
        "header field value cannot include CR/LF",
    ),
    from_file(
        "java HttpClient",
        "Ask.java",
        JAVA_FILE,
        JAVA_FILE.replace('of("key.txt"))', 'of("key.txt")).strip()'),
        "IllegalArgumentException",
    ),
    php("KL201", "'Authorization: Bearer YOUR_API_KEY'", WRONG_KEY, mended=PHP.replace("{}", IN_PHP, 1)),
    php("KL203", "'Authorization: Bearer $OPENAI_API_KEY'", WRONG_KEY, mended=PHP.replace("{}", IN_PHP, 1)),
    php("KL301", "'Authorization: ' . getenv('OPENAI_API_KEY')", NO_KEY),
    ruby("KL202", '"Authorization"] = "Bearer OPENAI_API_KEY"', WRONG_KEY),
    ruby("KL203", "\"Authorization\"] = 'Bearer #{key}'", WRONG_KEY),
    ruby("KL301", '"Authorization"] = ENV["OPENAI_API_KEY"]', NO_KEY),
    ruby("KL304", '"Authorisation"] = "Bearer #{key}"', NO_KEY),
    go("KL301", '"Authorization", os.Getenv("OPENAI_API_KEY")', NO_KEY),
    go("KL302", '"Authorization", "Bearer" + os.Getenv("OPENAI_API_KEY")', NO_KEY),
    java("KL101", '"Authorization", "Bearer «openai.key»"', WRONG_KEY, fix=UNSAFE, revoked=True),
    java("KL301", '"Authorization", System.getenv("OPENAI_API_KEY")', NO_KEY),
    java("KL304", '"Authorisation", "Bearer " + System.getenv("OPENAI_API_KEY")', NO_KEY),
)
