// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// Requests to other people's servers with libcurl: HTTP(S) and SMTP(S) only, no redirect is followed, TLS is verified, answers are
/// capped.  Every call blocks for at most its time limit and ends soon after a stop.  Thread-safe.
namespace zandb::http {

/// What holds for every request of a program.
struct Options
{
    std::string proxy;               ///< "http://proxy:3128"; empty: as the environment says (https_proxy, no_proxy); "none": no proxy
    std::filesystem::path tlsCa;     ///< who signs the servers' certificates; empty: the system's authorities
    std::chrono::seconds timeout{20};
    std::stop_token stop{};
    std::size_t mostBytes = 64 * 1024; ///< of a reply's body
};

struct Request
{
    std::string url;
    std::string method = "POST";
    std::string body;
    std::vector<std::string> headers{};  ///< "Content-Type: application/json"
    std::string user{};                  ///< Basic auth, with `password`
    std::string password{};
};
struct Reply
{
    int status = 0;
    std::string body;                    ///< at most Options::mostBytes; what is longer is cut
    std::optional<std::chrono::seconds> retryAfter;
};
/// Any status is a reply.  Errors: http.unreachable, http.timeout (what was sent may have been taken), http.tls, http.refused
/// (another protocol), cancelled.  No error names path or query of the URL, where secrets may stand.
Result<Reply> send(const Request &request, const Options &options);

struct Mail
{
    std::string url;                     ///< smtp://HOST:PORT, which must offer STARTTLS; smtps://HOST:PORT
    std::string user;                    ///< empty: no login
    std::string password;
    std::string from;
    std::vector<std::string> to;
    std::string text;                    ///< head and body, lines end with CRLF
};
/// The server has taken responsibility for it.  The status is SMTP's.  Errors as of send(); http.refused with the server's code.
Result<Reply> send(const Mail &mail, const Options &options);

/// Host and port of a URL, for messages.
std::string hostOf(const std::string &url);

} // namespace zandb::http
