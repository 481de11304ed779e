import CVector

extension Implementation {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func hashBits(of x: UnsafePointer<Float>, count: Int) -> UInt64 {
        var lanes = SIMD16<UInt32>(repeating: 0x85eb_ca6b)
        var start = 0
        while start < count {
            lanes = cvector_absorb_bits(lanes, load(x + start, min(vectorWidth, count &- start)))
            start &+= vectorWidth
        }
        // The count tells zeros at the end from the missing lanes of a part of a vector.
        var hash = UInt64(count)
        for lane in 0..<vectorWidth { hash = absorb(UInt64(lanes[lane]), into: hash) }
        return absorb(0, into: hash)
    }

    /// A bijection of either argument when the other is fixed.
    @inline(__always)
    private static func absorb(_ word: UInt64, into hash: UInt64) -> UInt64 {
        let product = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15
        return product ^ (product >> 32)
    }
}
