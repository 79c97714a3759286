// A signed request: what it takes to ask AWS whose key this is, for a sender that has no secrets.
#include <credcache/request_signer.hpp>
#include <iostream>

using namespace credcache;

int main() {
  const name_value headers[] = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request_to_sign request;
  request.method = "POST";
  request.host = "sts.us-east-1.amazonaws.com";
  request.headers = headers;
  request.body = "Action=GetCallerIdentity&Version=2011-06-15";
  request.region = "us-east-1";
  request.service = "sts";

  // The secret would come from an answer: answer.find("AWS_SECRET_ACCESS_KEY").
  const auto secret = secret::copy_of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  const access_key key{"AKIDEXAMPLE", secret.reveal()};
  const wall_time example = std::chrono::sys_days(std::chrono::year(2015) / 8 / 30);  // a real one is now().wall

  const auto to_send = sign_request(signing_dialect::sigv4, request, key, example);
  if (!to_send) {
    std::cerr << to_send.error().details.front() << '\n';
    return 1;
  }
  std::cout << request.method << ' ' << to_send->target << '\n';
  for (const signed_header& header : to_send->headers)
    std::cout << header.name << ": " << header.value.reveal() << '\n';
}
