// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QFile>
#include <QPainter>
#include <QTest>

using namespace zandb;

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void textIsReadable_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textIsReadable()
    {
        QFETCH(bool, dark);
        const QPalette palette = Theme::palette(dark);
        for (const auto role : {QPalette::Window, QPalette::Base, QPalette::Highlight, QPalette::Midlight}) {
            QVERIFY2(contrast(palette.color(QPalette::Text), palette.color(role)) >= 7, "text");
            QVERIFY2(contrast(mutedText(palette), palette.color(role)) >= 4.5, qPrintable(QStringLiteral("muted on %1").arg(role)));
        }
        for (int at = 0; at < lookCount; ++at) {
            const LookColours colours = lookColours(static_cast<Look>(at), dark);
            const QByteArray name = lookName(static_cast<Look>(at)).toUtf8();
            QVERIFY2(contrast(colours.text, colours.fill) >= 4.5, name);
            QVERIFY2(contrast(colours.text, palette.color(QPalette::Base)) >= 4.5, name);
            QVERIFY2(contrast(colours.text, palette.color(QPalette::Highlight)) >= 4.0, name);
        }
    }
    void everyLookHasAnIconOfItsOwn()
    {
        QList<QImage> seen;
        for (int at = 0; at < lookCount; ++at) {
            const QString name = lookIcon(static_cast<Look>(at));
            QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(name)), qPrintable(name));
            QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::white);
            QPainter painter(&image);
            paintIcon(painter, QRectF(0, 0, 32, 32), name, Qt::black);
            painter.end();
            QVERIFY2(!seen.contains(image), qPrintable(name));
            seen << image;
        }
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
