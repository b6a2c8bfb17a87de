use strict;
use OpenAI::API;
use LWP::UserAgent;

Dotenv->load;
$ENV{ANTHROPIC_API_KEY} = "your-api-key"; # expect: KL201
my $leaked = "«openai.key»"; # expect: KL101
my $first = OpenAI::API->new(api_key => "YOUR_API_KEY"); # expect: KL201
my $second = OpenAI::API->new(api_key => 'OPENAI_API_KEY'); # expect: KL202
my $third = OpenAI::API->new(api_key => $ENV{'«openai.key»'}); # expect: KL102
my $fourth = OpenAI::API->new(api_key => $ENV{OPENAI_API_KEY} || '«openai.key»'); # expect: KL103

my $key = $ENV{OPENAI_API_KEY};
my $ua = LWP::UserAgent->new;
my $url = "https://api.openai.com/v1/models";
$ua->get($url, 'Authorization' => "Bearer" . $key); # expect: KL302
$ua->get($url, 'Authorization' => 'Bearer $key'); # expect: KL203
$ua->get($url, Authorization => $key); # expect: KL301
$ua->default_header('Authorization' => "Bearer: $key"); # expect: KL302
$request->header('OpenAI-Organization' => ''); # expect: KL403
print $key; # expect: KL603
print "key set: " . (defined $key ? "yes" : "no");
$ua->get($url, 'Authorization' => "Bearer $key");
$ua->get($url, Authorization => 'Bearer ' . $ENV{OPENAI_API_KEY});
$request->header(Authorization => "Bearer $ENV{OPENAI_API_KEY}");
