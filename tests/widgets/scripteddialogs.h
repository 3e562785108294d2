// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/common/ui.h"

#include <QStringList>

namespace zandb::test {

/// Answers every question at once, as the test says, and remembers what was asked.
class ScriptedDialogs final : public Dialogs
{
public:
    void confirm(QWidget *, const Question &question, std::function<void()> yes) override
    {
        questions << question.accept;
        last = question;
        if (agree)
            yes();
    }
    void askSecret(QWidget *, const SecretQuestion &question, std::function<void(const QString &, bool)> given) override
    {
        questions << question.accept;
        given(secret, false);
    }
    void saveFile(QWidget *, const QString &, const QString &, const QString &, std::function<void(const QString &)> chosen) override { chosen(path); }
    void openFile(QWidget *, const QString &, const QString &start, std::function<void(const QString &)> chosen) override
    {
        startedAt = start;
        chosen(path);
    }
    void message(QWidget *, const QString &, const QString &text) override { messages << text; }

    void notify(QWidget *, const QString &title, const QString &text) override { notices << title + QLatin1Char('\n') + text; }

    QStringList notices; ///< title and text of what the desktop was told
    QStringList questions; ///< what would have been accepted
    Question last;
    bool agree = true;
    QStringList messages;
    QString path; ///< the file that is chosen
    QString startedAt;
    QString secret;
};

} // namespace zandb::test
