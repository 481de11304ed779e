/// Published checksums of the data sets' files.
enum KnownFiles {
    /// Source: https://www.cs.toronto.edu/~kriz/cifar.html.
    static let cifar10Archive = [
        Download.File(
            name: "cifar-10-binary.tar.gz", checksum: .md5("c32a1d4ab5d03f1284b67883e8d87530"))
    ]

    /// The files inside of CIFAR-10's archive.
    static let cifar10 = [
        sha256(
            "data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
        sha256(
            "data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
        sha256(
            "data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
        sha256(
            "data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
        sha256(
            "data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
        sha256(
            "test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
    ]

    /// Source: torchvision and the MNIST database.
    static let mnistCompressed = [
        md5("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        md5("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
        md5("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
        md5("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
    ]

    /// MNIST's files after decompression.
    static let mnistPlain = [
        sha256(
            "train-images-idx3-ubyte",
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        sha256(
            "train-labels-idx1-ubyte",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        sha256(
            "t10k-images-idx3-ubyte",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        sha256(
            "t10k-labels-idx1-ubyte",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
    ]

    /// Source: https://github.com/zalandoresearch/fashion-mnist.
    static let fashionMNISTCompressed = [
        md5("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        md5("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe"),
        md5("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79"),
        md5("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310"),
    ]

    /// Checksums by file name, plain and compressed.
    static func checksums(of name: DatasetName) -> [String: Checksum] {
        let files =
            switch name {
            case .auto, .cifar10: cifar10
            case .mnist: mnistCompressed + mnistPlain
            case .fashionMNIST: fashionMNISTCompressed
            case .builtin, .csv: [Download.File]()
            }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.checksum) })
    }

    private static func md5(_ name: String, _ digits: String) -> Download.File {
        Download.File(name: name, checksum: .md5(digits))
    }

    private static func sha256(_ name: String, _ digits: String) -> Download.File {
        Download.File(name: name, checksum: .sha256(digits))
    }
}
