// SPDX-License-Identifier: GPL-3.0-or-later
// What a host that holds a key may send to a remote repository: whatever it is, a backup that is there stays as it is, nothing
// is written outside the accepted prefix, and what was not committed leaves nothing.
#include "agent/backups/receiver.h"
#include "tests/fuzz/require.h"

#include <csignal>

#include <sys/mman.h>

using namespace zandb::agent;
using zandb::fuzz::require;
namespace fs = std::filesystem;

namespace {

bool receiveBytes(const std::uint8_t *data, std::size_t size, const RepositoryConfig &repository)
{
    const FileDescriptor in(::memfd_create("in", MFD_CLOEXEC));
    const FileDescriptor out(::memfd_create("out", MFD_CLOEXEC));
    require(in && out && writeBytes(in.get(), {reinterpret_cast<const char *>(data), size}) == 0);
    require(::lseek(in.get(), 0, SEEK_SET) == 0);
    return receiveBackup(in.get(), out.get(), repository, "db1");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const zandb::fuzz::Directory directory;
    RepositoryConfig repository;
    repository.name = "vault";
    repository.path = directory.path() / "vault";
    repository.acceptFrom = {"db1", "db2"};
    const fs::path prefix = repository.path / "db1";
    const fs::path other = repository.path / "db2" / "my3306" / "20231114T221320Z-018bcfe5-6800-7000-8000-000000000001";
    fs::create_directories(prefix);
    fs::create_directories(other);
    std::ofstream(other / "payload") << "there before";

    const bool committed = receiveBytes(data, size, repository);
    int backups = 0;
    for (const auto &instance : fs::directory_iterator(prefix)) {
        for (const auto &backup : fs::directory_iterator(instance.path())) {
            const std::string name = backup.path().filename().string();
            require(!name.starts_with('.') || name == ".checked.json");
            backups += name.starts_with('.') ? 0 : 1;
        }
    }
    require(backups == (committed ? 1 : 0));
    if (committed)
        require(!receiveBytes(data, size, repository)); // the same once more would replace it
    require(std::distance(fs::directory_iterator(directory.path()), {}) == 1);
    fs::remove_all(repository.path / ".received"); // the ids that arrived
    require(std::distance(fs::directory_iterator(repository.path), {}) == 2);
    require(zandb::fuzz::Directory::read(other / "payload") == "there before");
    fs::remove_all(prefix);
    return 0;
}
