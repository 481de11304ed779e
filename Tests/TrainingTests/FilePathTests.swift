import Testing

import Training

/// Paths as users write them.
@Suite struct FilePathTests {
    @Test(arguments: [
        ("r", "r", ""), ("/r", "r", "/"), ("runs/net", "net", "runs"),
        ("runs/net//", "net", "runs"), ("a//b", "b", "a"), ("/", "/", "/"), ("//", "/", "/"),
        ("", "", ""), (".", ".", ""),
    ])
    func parts(path: String, name: String, parent: String) {
        #expect(FilePath.name(of: path) == name)
        #expect(FilePath.parent(of: path) == parent)
    }
}
