// A csp's credentials as a page for people: no scripts, everything in one file.
#include "api/documents/assets.hpp"
#include "api/documents/credential_document.hpp"
#include "base/text.hpp"
#include "credcache/version.hpp"
#include "formats/lines.hpp"

namespace credcached::api {
namespace {

using credcache::credential_definition;
using credcache::variable_definition;

constexpr std::string_view operations = R"(<h2>Operations</h2>
<div class="wide"><table>
<thead><tr><th>Operation</th><th>Request</th><th>Owner</th></tr></thead>
<tbody>
<tr><td><code>addUserCloudCredential</code></td><td><code class="name">POST /xpanse/user/credentials</code></td><td rowspan="2">The user named by <code>X-Credential-User</code>; without it, the login name of the peer or the user its token is bound to.</td></tr>
<tr><td><code>updateUserCloudCredential</code></td><td><code class="name">PUT /xpanse/user/credentials</code></td></tr>
<tr><td><code>addIsvCloudCredential</code></td><td><code class="name">POST /xpanse/isv/credentials</code></td><td rowspan="2">The ISV named by <code>X-Credential-Isv</code>.</td></tr>
<tr><td><code>updateIsvCloudCredential</code></td><td><code class="name">PUT /xpanse/isv/credentials</code></td></tr>
</tbody></table></div>
<p>All of them create or replace. A replaced credential begins a new life; reading one never extends it.</p>
)";

constexpr std::string_view request_fields = R"(<h2>Fields of the request</h2>
<div class="wide"><table>
<thead><tr><th>Field</th><th>Needed</th><th>Meaning</th></tr></thead>
<tbody>
<tr><th><code>csp</code>, <code>type</code></th><td>yes</td><td>As in the examples; upper and lower case are the same.</td></tr>
<tr><th><code>site</code>, <code>name</code></th><td>yes</td><td>As above, to the letter.</td></tr>
<tr><th><code>variables</code></th><td>yes</td><td>At least one, each with <code>name</code> and <code>value</code>. <code>isSensitive</code> may make one sensitive that is not.</td></tr>
<tr><th><code>description</code></th><td>no</td><td>Left out, that of the definition.</td></tr>
<tr><th><code>timeToLive</code></th><td>no</td><td>Seconds to live; left out, the daemon’s default.</td></tr>
<tr><th><code>expiresAt</code></th><td>no</td><td>When its life ends, in place of <code>timeToLive</code>: <code>2026-11-22T12:00:00Z</code>.</td></tr>
</tbody></table></div>
)";

constexpr std::string_view answers = R"(<h2>Answers</h2>
<div class="wide"><table>
<thead><tr><th>Status</th><th>errorType</th><th>Meaning</th></tr></thead>
<tbody>
<tr><th>204</th><td></td><td>Stored.</td></tr>
<tr><th>400</th><td>Parameters Invalid</td><td>Malformed JSON, a wrong JSON type, an unknown field or variable.</td></tr>
<tr><th>400</th><td>Plugin Not Found</td><td>The csp is not active: the daemon’s sources lack a name it requires.</td></tr>
<tr><th>400</th><td>Credential Capability Not Found</td><td>No such definition or site.</td></tr>
<tr><th>400</th><td>Credential Variables Not Complete</td><td>A mandatory variable that no source fills.</td></tr>
<tr><th>401, 403</th><td>Unauthorized, Access Denied</td><td>On TCP no or a wrong token; or the access rules refuse.</td></tr>
<tr><th>422</th><td>Unprocessable Entity</td><td>A field is missing, null, blank, out of range or there twice.</td></tr>
<tr><th>503</th><td>Capacity Exceeded</td><td>The cache, or your share of it, is full.</td></tr>
</tbody></table></div>
<p>Errors are <code>{"errorType": "…", "details": ["…"]}</code>. They name everything that is wrong at once, and never a value.</p>
)";

// Appends HTML: raw() what is written here, text() what comes from elsewhere.
class html_writer {
 public:
  explicit html_writer(credcache::secret_buffer& out) : out_(out) {}

  html_writer& raw(std::string_view html) {
    out_.append(html);
    return *this;
  }
  html_writer& text(std::string_view plain) {
    for (const char c : plain) {
      switch (c) {
        case '&':
          out_.append("&amp;");
          break;
        case '<':
          out_.append("&lt;");
          break;
        case '>':
          out_.append("&gt;");
          break;
        case '"':
          out_.append("&quot;");
          break;
        case '\'':
          out_.append("&#39;");
          break;
        default:
          out_.push_back(c);
      }
    }
    return *this;
  }
  html_writer& code(std::string_view plain) { return raw("<code>").text(plain).raw("</code>"); }
  html_writer& block(std::string_view plain) { return raw("<pre><code>").text(plain).raw("</code></pre>\n"); }
  html_writer& codes(const std::vector<std::string>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) raw(i == 0 ? "" : ", ").code(list[i]);
    return *this;
  }

 private:
  credcache::secret_buffer& out_;
};

// --csp and what else is needed to mean this definition.
std::string selection(const credential_document& document, const credential_definition& definition) {
  std::string words = " --csp " + formats::shell_word(document.csp->name);
  if (document.csp->sites.size() > 1) words += " --site " + formats::shell_word(document.csp->sites.front());
  if (document.type != credcache::credential_type::variables)
    words += " --type " + std::string(to_string(document.type));
  if (document.definitions().size() > 1) words += " --name " + formats::shell_word(definition.name);
  return words;
}

// Secrets come from files: arguments can be read by every process of the machine.
std::string given_on_the_command_line(const credential_definition& definition) {
  std::string words;
  for (const auto& variable : definition.variables) {
    if (!variable.mandatory) continue;
    words += " \\\n    " + variable.name +
             (variable.sensitive ? "=@" + credcache::lower_case(variable.name) + ".txt"
                                 : "=" + formats::shell_word(example_value(variable)));
  }
  return words;
}

void write_facts(html_writer& html, const credential_document& document) {
  const auto& csp = *document.csp;
  html.raw("<dl>\n<dt>Csp</dt><dd>").code(csp.name);
  if (!credcache::equal_ignoring_case(csp.name, csp.constant)) html.raw(", also ").code(csp.constant);
  html.raw("</dd>\n<dt>Type</dt><dd>").code(to_string(document.type));
  html.raw(csp.sites.size() == 1 ? "</dd>\n<dt>Site</dt><dd>" : "</dd>\n<dt>Sites</dt><dd>").codes(csp.sites);
  if (!csp.required_names.empty()) {
    html.raw("</dd>\n<dt>Requires</dt><dd>");
    for (const auto& required : csp.required_names) {
      html.code(required.name).raw(" in the daemon’s environment");
      if (!required.export_as.empty()) html.raw(", handed out as ").codes(required.export_as);
      html.raw("<br>");
    }
  }
  const std::string json = credential_document{document.csp, document.type, document_form::openapi}.name();
  html.raw("</dd>\n<dt>For programs</dt><dd><a href=\"").text(json).raw("\">OpenAPI 3.1</a></dd>\n</dl>\n");
}

void write_variable(html_writer& html, const variable_definition& variable) {
  html.raw("<tr><th><code class=\"name\">").text(variable.name).raw("</code></th><td>");
  html.raw(variable.mandatory ? "yes" : "<span class=\"soft\">no</span>").raw("</td><td>");
  html.raw(variable.sensitive ? "<span class=\"secret\">yes</span>" : "<span class=\"soft\">no</span>")
      .raw("</td><td>");
  html.text(variable.description);
  if (!variable.pattern.empty()) html.raw("<br>As a whole it matches ").code(variable.pattern);
  if (variable.json) {
    html.raw("<br>A JSON object");
    for (const auto& [name, value] : variable.json->equals) html.raw(", its ").code(name).raw(" being ").code(value);
    if (!variable.json->required.empty()) html.raw(", with ").codes(variable.json->required);
    html.raw(".");
    for (const auto& [filled, member] : variable.json->fills)
      html.raw(" Its ").code(member).raw(" fills ").code(filled).raw(" where nothing else does.");
  }
  html.raw("</td><td>").codes(variable.aliases).raw("</td><td>").codes(variable.export_as);
  if (!variable.environment_names.empty())
    html.raw("<br><span class=\"soft\">looked up as</span> ").codes(variable.environment_names);
  html.raw("</td></tr>\n");
}

void write_definition(html_writer& html, const credential_document& document, const credential_definition& definition,
                      std::string_view socket) {
  html.raw("<h2>").text(definition.name).raw("</h2>\n<p>").text(definition.description).raw("</p>\n");
  html.raw(
      "<div class=\"wide\"><table>\n<thead><tr><th>Variable</th><th>Mandatory</th><th>Sensitive</th>"
      "<th>Description</th><th>Aliases</th><th>Also handed out as</th></tr></thead>\n<tbody>\n");
  for (const auto& variable : definition.variables) write_variable(html, variable);
  html.raw("</tbody></table></div>\n<p>A mandatory variable may be left out if a systemd credential, the ");
  html.raw("configuration or the environment of the daemon has it. Sensitive values are never shown again.");
  for (const std::string& sentence : sentences_on_sets(definition)) html.raw(" ").text(sentence);
  for (const auto& [name, value] : definition.constants)
    html.raw(" Every answer also has ").code(name + "=" + value).raw(".");
  html.raw("</p>\n<h3>With credcached</h3>\n<p>Asks for each value, secrets without echo:</p>\n");
  html.block("credcached add" + selection(document, definition));
  html.raw("<p>Or from files, in a script:</p>\n");
  html.block("credcached add" + selection(document, definition) + given_on_the_command_line(definition));
  html.raw("<h3>With curl</h3>\n<p>Put this into ").code("credential.json");
  html.raw(", readable for you alone:</p>\n").block(example_body(*document.csp, definition));
  html.raw("<p>Then send it:</p>\n");
  html.block("curl --unix-socket " + formats::shell_word(socket) +
             " \\\n    --header 'Content-Type: application/json' --data @credential.json \\\n"
             "    http://localhost/xpanse/user/credentials");
}

}  // namespace

void write_credential_page(credcache::secret_buffer& out, const credential_document& document,
                           std::string_view socket) {
  const auto definitions = document.definitions();
  html_writer html(out);
  html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  html.text(document.csp->name).raw(", ").text(to_string(document.type)).raw(" · credcached</title>\n<style>");
  html.raw(credential_page_style()).raw("</style>\n</head>\n<body>\n<main>\n<h1>Credentials of ");
  html.text(document.csp->name).raw("</h1>\n<p class=\"lead\">How to give credcached a credential of ");
  html.text(document.csp->name).raw(", and how to use it then.</p>\n");
  write_facts(html, document);
  for (const auto* definition : definitions) write_definition(html, document, *definition, socket);
  html.raw(operations).raw(request_fields).raw(answers);
  html.raw("<h2>Using it</h2>\n<p>Which value comes from where, and what is missing; no values are shown:</p>\n");
  const std::string selected = selection(document, *definitions.front());
  html.block("credcached explain" + selected);
  html.raw("<p>Run a command with the credential in its environment, if it lives for another 40 minutes:</p>\n");
  html.block("credcached exec" + selected + " --min-ttl 40m -- tofu apply");
  html.raw("<footer>credcached " CREDCACHE_VERSION_STRING
           ". The whole contract is at <code>/openapi.json</code>.</footer>\n</main>\n</body>\n</html>\n");
}

}  // namespace credcached::api
