// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/http.h"

#include "agent/protocol/errors.h"
#include "agent/protocol/printable.h"
#include "app/platform/channelerrors.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace zandb::http {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Global
{
    Global() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

/// What callbacks see.
struct Transfer
{
    std::string body;
    std::size_t mostBytes = 0;
    std::string_view upload;
    std::stop_token stop;
    std::string lastReply;      ///< SMTP's last line but the farewell
};

std::size_t takeBody(char *data, std::size_t size, std::size_t count, void *into)
{
    auto &transfer = *static_cast<Transfer *>(into);
    std::string &body = transfer.body;
    const std::size_t bytes = size * count;
    body.append(data, std::min(bytes, transfer.mostBytes - std::min(body.size(), transfer.mostBytes)));
    return body.size() >= transfer.mostBytes && bytes > 0 ? 0 : bytes; // ends the transfer: nobody needs more
}

std::size_t takeHeader(char *data, std::size_t size, std::size_t count, void *into)
{
    // the farewell says nothing
    if (const std::string_view line(data, size * count); !line.starts_with("221"))
        static_cast<Transfer *>(into)->lastReply = line.substr(0, 500);
    return size * count;
}

std::size_t giveBody(char *data, std::size_t size, std::size_t count, void *from)
{
    std::string_view &upload = static_cast<Transfer *>(from)->upload;
    const std::size_t bytes = std::min(size * count, upload.size());
    std::memcpy(data, upload.data(), bytes);
    upload.remove_prefix(bytes);
    return bytes;
}

int mayGoOn(void *transfer, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Transfer *>(transfer)->stop.stop_requested() ? 1 : 0;
}

Easy start(const std::string &url, const char *protocols, const Options &options, Transfer &transfer)
{
    static const Global global;
    Easy easy(curl_easy_init(), &curl_easy_cleanup);
    CURL *curl = easy.get();
    if (!curl)
        return easy;
    transfer.stop = options.stop;
    transfer.mostBytes = options.mostBytes;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L); // many threads
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, std::min<long>(10, static_cast<long>(options.timeout.count())));
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "ZanDB/" ZANDB_VERSION);
    if (options.proxy == "none")
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
    else if (!options.proxy.empty())
        curl_easy_setopt(curl, CURLOPT_PROXY, options.proxy.c_str());
    if (!options.tlsCa.empty())
        curl_easy_setopt(curl, CURLOPT_CAINFO, options.tlsCa.c_str());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &takeBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &mayGoOn);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    return easy;
}

Error errorOf(CURLcode code, const std::string &host, const Options &options, const std::string &said)
{
    // curl's own words for a code hold nothing of the request
    std::string detail = curl_easy_strerror(code);
    switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
        return makeError(errors::cancelled);
    case CURLE_OPERATION_TIMEDOUT:
        return makeError(errors::httpTimeout, {{"host", host}, {"seconds", std::to_string(options.timeout.count())}});
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_USE_SSL_FAILED:
        return makeError(errors::httpTls, {{"host", host}, {"detail", detail}});
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return makeError(errors::httpRefused, {{"host", host}, {"detail", said.empty() ? detail : said}});
    default:
        return makeError(errors::httpUnreachable, {{"host", host}, {"detail", said.empty() ? detail : detail + " (" + said + ')'}});
    }
}

Result<Reply> perform(const Easy &easy, Transfer &transfer, const std::string &url, const Options &options, bool mail)
{
    const CURLcode code = curl_easy_perform(easy.get());
    Reply reply;
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    reply.status = static_cast<int>(status);
    // an answer that is too long is one all the same
    const bool cut = code == CURLE_WRITE_ERROR && transfer.body.size() >= options.mostBytes;
    std::string said;
    if (mail) {
        said = printable(transfer.lastReply.substr(0, transfer.lastReply.find_last_not_of("\r\n ") + 1));
        // its own codes: 4xx may be taken later, 5xx never
        if (code != CURLE_OK && status >= 500 && status < 600)
            return fail(errors::httpRefused, {{"host", hostOf(url)}, {"detail", said.empty() ? std::to_string(status) : said}});
    }
    if (code != CURLE_OK && !cut)
        return fail(errorOf(code, hostOf(url), options, said));
    if (curl_off_t wait = 0; curl_easy_getinfo(easy.get(), CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
        reply.retryAfter = std::chrono::seconds{std::min<curl_off_t>(wait, 86400)};
    reply.body = mail ? said : std::move(transfer.body);
    return reply;
}

} // namespace

std::string hostOf(const std::string &url)
{
    const auto scheme = url.find("://");
    const std::string rest = scheme == url.npos ? url : url.substr(scheme + 3);
    const std::string authority = rest.substr(0, rest.find_first_of("/?#"));
    return printable(authority.substr(authority.find('@') == authority.npos ? 0 : authority.find('@') + 1));
}

Result<Reply> send(const Request &request, const Options &options)
{
    Transfer transfer;
    const Easy easy = start(request.url, "http,https", options, transfer);
    CURL *curl = easy.get();
    if (!curl)
        return fail(errors::internal, {{"detail", "libcurl cannot be used"}});
    curl_slist *raw = nullptr;
    for (const std::string &header : request.headers)
        raw = curl_slist_append(raw, header.c_str());
    raw = curl_slist_append(raw, "Expect:");
    const List headers(raw, &curl_slist_free_all);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "POST") {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    }
    if (!request.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.c_str());
    }
    return perform(easy, transfer, request.url, options, false);
}

Result<Reply> send(const Mail &mail, const Options &options)
{
    Transfer transfer;
    transfer.upload = mail.text;
    const Easy easy = start(mail.url, "smtp,smtps", options, transfer);
    CURL *curl = easy.get();
    if (!curl)
        return fail(errors::internal, {{"detail", "libcurl cannot be used"}});
    curl_slist *raw = nullptr;
    for (const std::string &to : mail.to)
        raw = curl_slist_append(raw, ('<' + to + '>').c_str());
    const List to(raw, &curl_slist_free_all);
    const std::string from = '<' + mail.from + '>';
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL)); // never a password or a message in the open
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &giveBody);
    curl_easy_setopt(curl, CURLOPT_READDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &takeHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
    if (!mail.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, mail.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, mail.password.c_str());
    }
    return perform(easy, transfer, mail.url, options, true);
}

} // namespace zandb::http
