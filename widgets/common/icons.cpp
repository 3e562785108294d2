// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/icons.h"

#include "widgets/common/theme.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <algorithm>

namespace zandb {
namespace {

QPixmap rendered(const QString &name, const QColor &colour, const QSize &pixels)
{
    const QString key = QStringLiteral("zandb-icon/%1/%2/%3x%4").arg(name, colour.name(QColor::HexArgb)).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (file.open(QIODevice::ReadOnly)) {
        QSvgRenderer svg(file.readAll().replace("currentColor", colour.name().toLatin1()));
        QPainter painter(&pixmap);
        const int side = std::min(pixels.width(), pixels.height()); // square, at the left of whatever it is given
        svg.render(&painter, QRectF(0, 0, side, side));
    }
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class Engine final : public QIconEngine
{
public:
    explicit Engine(QString name) : m_name(std::move(name)) {}
    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        paintIcon(*painter, rect, m_name, colour(mode, state));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override { return rendered(m_name, colour(mode, state), size); }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override { return pixmap(size, mode, state); }
    QIconEngine *clone() const override { return new Engine(m_name); }

private:
    static QColor colour(QIcon::Mode mode, QIcon::State state)
    {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return faintText(palette);
        return state == QIcon::On ? accentColour(palette) : mutedText(palette);
    }
    QString m_name;
};

} // namespace

void paintIcon(QPainter &painter, const QRectF &where, const QString &name, const QColor &colour)
{
    const qreal scale = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    QPixmap pixmap = rendered(name, colour, (where.size() * scale).toSize());
    pixmap.setDevicePixelRatio(scale);
    painter.drawPixmap(where.topLeft(), pixmap);
}

QIcon themedIcon(const QString &name)
{
    return QIcon(new Engine(name));
}

} // namespace zandb
