// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a fuzz target without libFuzzer: FUZZ_TARGET CORPUS_DIRECTORY.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

constexpr int mutations = 20'000;

void run(const std::string &bytes)
{
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(bytes.data()), bytes.size());
}

std::string mutate(std::string bytes, const std::vector<std::string> &corpus, std::mt19937 &random)
{
    for (unsigned round = random() % 4 + 1; round > 0; --round) {
        const std::size_t at = bytes.empty() ? 0 : random() % bytes.size();
        switch (random() % 6) {
        case 0:
            if (!bytes.empty())
                bytes[at] = static_cast<char>(bytes[at] ^ (1u << random() % 8));
            break;
        case 1:
            bytes.resize(at);
            break;
        case 2:
            bytes.insert(at, 1 + random() % 16, static_cast<char>(random() % 256));
            break;
        case 3:
            bytes.erase(at, 1 + random() % 16);
            break;
        case 4:
            bytes.insert(at, std::string(1 + random() % 200, "[{\",:"[random() % 5]));
            break;
        default: {
            const std::string &other = corpus[random() % corpus.size()];
            bytes = bytes.substr(0, at) + other.substr(other.empty() ? 0 : random() % other.size());
        }
        }
    }
    return bytes;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(argv[1]))
        names.push_back(entry.path().string());
    std::ranges::sort(names);
    std::vector<std::string> corpus;
    for (const std::string &name : names) {
        std::ifstream in(name, std::ios::binary);
        corpus.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        run(corpus.back());
    }
    if (corpus.empty()) {
        std::fprintf(stderr, "%s holds no inputs\n", argv[1]);
        return 1;
    }
    std::mt19937 random(1); // the same inputs on every machine
    for (int i = 0; i < mutations; ++i)
        run(mutate(corpus[random() % corpus.size()], corpus, random));
    std::printf("%zu inputs and %d mutations\n", corpus.size(), mutations);
    return 0;
}
