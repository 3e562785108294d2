// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <memory>

class QSettings;
class QSystemTrayIcon;
class QWidget;

namespace zandb {

/// Questions to the person; a seam, so that tests can answer them.  None blocks: the answer comes back later.
class Dialogs
{
public:
    virtual ~Dialogs() = default;
    struct Question
    {
        QString title;
        QString text;
        QString accept;     ///< says what it does: "Back up 3 instances"
        QString dismiss;    ///< of the other button; empty: "Cancel"
        QString typeToConfirm; ///< not empty: this must be typed first
        QString tick;          ///< not empty: a box to tick, such as "Do not ask again"
        std::function<void()> ticked; ///< agreed with the box ticked; called before `yes`
    };
    /// `yes` is called when the person agreed; cancelling is the default.
    virtual void confirm(QWidget *parent, const Question &question, std::function<void()> yes) = 0;
    struct SecretQuestion
    {
        QString title;
        QString text;
        QString accept;
        QString keep;       ///< the words of the box "Keep it in the keychain"
    };
    /// `given` gets what was typed and whether to keep it; not called when the person gave up.
    virtual void askSecret(QWidget *parent, const SecretQuestion &question, std::function<void(const QString &secret, bool keep)> given) = 0;
    /// `chosen` gets a path; not called when the person gave up.
    virtual void saveFile(QWidget *parent, const QString &title, const QString &name, const QString &filter,
                          std::function<void(const QString &path)> chosen) = 0;
    /// `start` is where the person begins to look: a file, a directory or empty; `chosen` gets a file that exists.
    virtual void openFile(QWidget *parent, const QString &title, const QString &start, std::function<void(const QString &path)> chosen) = 0;
    virtual void message(QWidget *parent, const QString &title, const QString &text) = 0;
    /// Tells the person something through the desktop, whatever window is in front.  `window` is raised when it is clicked.
    virtual void notify(QWidget *window, const QString &title, const QString &text) = 0;
};

/// The real ones: window-modal, opened without a nested event loop.
class RealDialogs final : public Dialogs
{
public:
    RealDialogs();
    ~RealDialogs() override;
    void confirm(QWidget *parent, const Question &question, std::function<void()> yes) override;
    void askSecret(QWidget *parent, const SecretQuestion &question, std::function<void(const QString &secret, bool keep)> given) override;
    void saveFile(QWidget *parent, const QString &title, const QString &name, const QString &filter,
                  std::function<void(const QString &path)> chosen) override;
    void openFile(QWidget *parent, const QString &title, const QString &start, std::function<void(const QString &path)> chosen) override;
    void message(QWidget *parent, const QString &title, const QString &text) override;
    void notify(QWidget *window, const QString &title, const QString &text) override;

private:
    std::unique_ptr<QSystemTrayIcon, void (*)(QSystemTrayIcon *)> m_tray; ///< shows only while something is told
};

/// What every page gets; both outlive it.
struct Ui
{
    Dialogs &dialogs;
    QSettings &settings; ///< columns, widths, theme, language
};

} // namespace zandb
