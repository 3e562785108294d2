// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/slowlog/slowblock.h"

#include <QCryptographicHash>

#include <algorithm>
#include <cmath>
#include <random>

/// Batches of slow statements as an agent sends them, for tests.
namespace zandb::test {

inline std::string md5Of(const std::string &text)
{
    const QByteArray sum = QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Md5);
    return sum.toHex().toUpper().toStdString();
}

/// Events of one digest, added up as the wire wants it.
class DigestEvents
{
public:
    explicit DigestEvents(std::string fingerprint)
    {
        m_digest.fingerprint = std::move(fingerprint);
        m_digest.checksum = md5Of(m_digest.fingerprint);
    }
    /// The folded tail.
    static DigestEvents other()
    {
        DigestEvents events("");
        events.m_digest.checksum.clear();
        return events;
    }

    DigestEvents &event(double seconds, double examined, const std::string &user = "shop", const std::string &schema = "shop", const std::string &host = "10.0.0.7")
    {
        const auto add = [](wire::SlowSums &sums, double value) {
            sums.min = sums.count == 0 ? value : std::min(sums.min, value);
            sums.max = sums.count == 0 ? value : std::max(sums.max, value);
            sums.sum += value;
            ++sums.count;
        };
        ++m_digest.events;
        add(m_digest.querySeconds, seconds);
        add(m_digest.lockSeconds, seconds / 100);
        add(m_digest.rowsSent, 10);
        add(m_digest.rowsExamined, examined);
        const std::int64_t bucket = seconds <= 0 ? wire::slowBucketZero : static_cast<std::int64_t>(std::ceil(std::log(seconds) / std::log(wire::slowBucketBase)));
        auto found = std::ranges::lower_bound(m_digest.buckets, std::pair{bucket, std::int64_t{0}});
        if (found == m_digest.buckets.end() || found->first != bucket)
            found = m_digest.buckets.insert(found, {bucket, 0});
        ++found->second;
        auto caller = std::ranges::find_if(m_digest.callers, [&](const wire::SlowCaller &one) { return one.user == user && one.schema == schema && one.host == host; });
        if (caller == m_digest.callers.end())
            caller = m_digest.callers.insert(caller, wire::SlowCaller{user, host, schema, 0, 0, 0});
        ++caller->count;
        caller->querySeconds += seconds;
        caller->rowsExamined += examined;
        return *this;
    }
    DigestEvents &sample(TimePoint at, double seconds, std::int64_t examined)
    {
        wire::SlowSample one;
        one.at = at;
        one.query = m_digest.fingerprint;
        one.user = "shop";
        one.querySeconds = seconds;
        one.rowsExamined = examined;
        one.offset = toMicros(at) % 1'000'000;
        m_digest.samples.push_back(one);
        return *this;
    }
    operator wire::SlowDigest() const { return m_digest; }

private:
    wire::SlowDigest m_digest;
};

inline wire::SlowMinute minuteOf(TimePoint at, std::vector<wire::SlowDigest> digests)
{
    wire::SlowMinute minute;
    minute.instance = "my3306";
    minute.minute = at;
    minute.digests = std::move(digests);
    return minute;
}

/// Statements of a shop: text number n.
inline std::string shopFingerprint(int n)
{
    static const char *const shapes[] = {
        "select o.id, o.total, c.name from orders o join customer c on c.id=o.customer_id where o.state=? and o.created>? order by o.created desc limit ?",
        "update product set stock=stock-? where id=? and stock>=?", "select count(*) from order_line where product_id in(?+)",
        "insert into audit_log (at, who, what) values(?+)", "select * from customer where lower(email)=?",
        "delete from session where touched<? limit ?", "select p.*, avg(r.stars) from product p left join review r on r.product_id=p.id group by p.id having avg(r.stars)>?"};
    const std::string text = shapes[n % 7];
    return n < 7 ? text : text + " /* v" + std::to_string(n / 7) + " */";
}

} // namespace zandb::test
