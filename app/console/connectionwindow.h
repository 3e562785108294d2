// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/settings.h"
#include "widgets/settings/createstoredialog.h"

#include <QMainWindow>

#include <filesystem>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

class QAction;

namespace zandb {
class ConnectionPage;
class Dialogs;
}

namespace zandb::console {

/// The window while there is no store to show, and where its connection is changed.  Tries a connection off the GUI
/// thread, keeps profile and password, and says in words what went wrong.
class ConnectionWindow final : public QMainWindow
{
    Q_OBJECT
public:
    /// `file` is what is written; `settings` what it held so far; `why` what led here.
    ConnectionWindow(std::filesystem::path file, const std::optional<Settings> &settings, const std::optional<Error> &why, Dialogs &dialogs,
                     QWidget *parent = nullptr);
    ~ConnectionWindow() override;
    /// There is a console to go back to: Esc and a button lead there.
    void setMayLeave(bool may);

Q_SIGNALS:
    void left();
    /// Kept, and the store has let us in with these.
    void connected(const zandb::Settings &settings);

protected:
    void changeEvent(QEvent *event) override;

private:
    Settings wanted() const;
    void tryIt(bool thenSave);
    void save(const Settings &settings);
    void showError(const Error &error);
    void say(std::function<void()> words);
    void retranslate();
    void askToCreate();
    void create(const CreateStoreDialog::Wish &wish);

    std::filesystem::path m_file;
    Settings m_settings;
    ConnectionPage *m_page;
    QAction *m_escape;
    std::function<void()> m_said; ///< what the card says, in the language of now
    std::vector<std::jthread> m_tries;
};

} // namespace zandb::console
