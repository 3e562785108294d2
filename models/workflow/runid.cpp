// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/runid.h"

#include <QCryptographicHash>

namespace zandb {

Uuid uuidV5(const Uuid &nameSpace, std::string_view name)
{
    QCryptographicHash hash(QCryptographicHash::Sha1);
    const std::string raw = nameSpace.raw();
    hash.addData(QByteArrayView(raw.data(), static_cast<qsizetype>(raw.size())));
    hash.addData(QByteArrayView(name.data(), static_cast<qsizetype>(name.size())));
    const QByteArray digest = hash.result().left(16);
    Uuid id = *Uuid::fromBytes(std::string_view(digest.constData(), 16));
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x50);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

Uuid runNamespace()
{
    return *Uuid::parse("6f1c2b0e-6c0d-5d0b-9d55-7a616e646201");
}

Uuid runIdFor(const Uuid &task, TimePoint occurrence, const Uuid &target)
{
    return uuidV5(runNamespace(), task.toString() + '|' + std::to_string(toMicros(occurrence)) + '|' + target.toString());
}

} // namespace zandb
